"""A gate as JUnit XML, which every CI system shows."""

from xml.etree import ElementTree as ET

from headtohead.ci.gate.judgement import Gate, Judgement
from headtohead.ci.gate.policy import FindingKind, Response
from headtohead.ci.gate.report import found, summary


def render(gate: Gate) -> str:
    """One suite for each stage, one case for each judgement.

    What warns is told as skipped: JUnit has no warnings, and it did not pass.
    """
    root = ET.Element("testsuites", name="headtohead")
    stages = dict.fromkeys(each.stage for each in gate.judgements)
    for stage in stages:
        cases = [each for each in gate.judgements if each.stage == stage]
        elements = [_case(each) for each in cases]
        outcomes = [child.tag for element in elements for child in element]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=f"headtohead {stage}",
            tests=str(len(cases)),
            failures=str(outcomes.count("failure")),
            errors=str(outcomes.count("error")),
            skipped=str(outcomes.count("skipped")),
        )
        suite.extend(elements)
        ET.SubElement(suite, "system-out").text = summary(gate)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(judgement: Judgement) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=f"headtohead.{judgement.stage}.{judgement.experiment}",
        name=f"{judgement.subject}: {found(judgement)}",
    )
    match judgement.response:
        case Response.FAIL:
            tag = "error" if judgement.kind is FindingKind.INVALID else "failure"
            ET.SubElement(
                case, tag, message=judgement.message, type=judgement.kind
            ).text = judgement.text
        case Response.WARN:
            ET.SubElement(case, "skipped", message=judgement.text)
        case Response.PASS:
            ET.SubElement(case, "system-out").text = judgement.text
    return case
