"""Whatever a gate finds, under whatever policy, every form of it says the same and nothing less."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import combinations_with_replacement, product
from xml.etree import ElementTree as ET

import msgspec
import pytest

from headtohead.check.outcome import Outcome
from headtohead.errors import ExitCode
from headtohead.gate import github, gitlab, junit
from headtohead.gate.checked import judge_check
from headtohead.gate.compared import judge_comparison
from headtohead.gate.judgement import Gate, Judgement, sorted_by_gravity
from headtohead.gate.output import as_json
from headtohead.gate.policy import ExperimentPolicy, Kind, Policy, Response, read_policy
from headtohead.measurement import Verdict
from tests.gate.findings import EFFECTS, FINDINGS, NAME, VERDICTS, Found
from tests.report import samples

# What a policy may be given for.
GIVEN = {
    Kind.CHECKS,
    Kind.SLOWER,
    Kind.UNRESOLVED,
    Kind.INCONCLUSIVE,
    Kind.DIFFERS,
    Kind.UNTESTED,
    Kind.INVALID,
}
# How a gate can end, the best first.
PASSED, INVALID, FAILED = ENDS = (
    ("passed", ExitCode.OK),
    ("invalid", ExitCode.INVALID_MEASUREMENT),
    ("failed", ExitCode.GATE_FAILED),
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the shell, JUnit, GitLab and GitHub are told of a gate; what passes is no annotation."""

    end: tuple[str, ExitCode]
    junit: tuple[str, ...]
    gitlab: tuple[str, ...] = ()
    github: tuple[str, ...] = ()

    def beside(self, other: "Told") -> "Told":
        """What is to be told of both: neither hides the other, and the worse end counts."""
        added = (
            tuple(sorted(getattr(self, each.name) + getattr(other, each.name)))
            for each in fields(self)[1:]
        )
        return Told(
            end=max(self.end, other.end, key=ENDS.index),
            **dict(zip(("junit", "gitlab", "github"), added, strict=True)),
        )


PASSES = Told(end=PASSED, junit=("system-out",))
WARNS = Told(end=PASSED, junit=("skipped",), gitlab=("minor",), github=("warning",))
FAILS = Told(end=FAILED, junit=("failure",), gitlab=("major",), github=("error",))
DOES_NOT_COUNT = Told(end=INVALID, junit=("error",), gitlab=("major",), github=("error",))


def expected(kind: Kind, response: Response) -> Told:
    if kind not in GIVEN:
        return PASSES
    fails = DOES_NOT_COUNT if kind is Kind.INVALID else FAILS
    return {Response.PASS: PASSES, Response.WARN: WARNS, Response.FAIL: fails}[response]


def gate(judgements: Iterable[Judgement]) -> Gate:
    return Gate(run_id="run", base="main", judgements=sorted_by_gravity(judgements))


def told(judged: Gate) -> Told:
    suites = ET.fromstring(junit.render(judged))  # noqa: S314 (made here)
    outcomes = [child.tag for case in suites.iter("testcase") for child in case]
    for tag, counted in {"failure": "failures", "error": "errors", "skipped": "skipped"}.items():
        assert sum(int(suite.attrib[counted]) for suite in suites) == outcomes.count(tag)
    assert sum(int(suite.attrib["tests"]) for suite in suites) == len(outcomes)
    lines = list(github.annotations(judged))
    assert json.loads(as_json(judged))["result"] == judged.result
    return Told(
        end=(judged.result, judged.exit_code),
        junit=tuple(sorted(outcomes)),
        gitlab=tuple(sorted(each["severity"] for each in json.loads(gitlab.code_quality(judged)))),
        github=tuple(sorted(line.partition(" ")[0].strip(":") for line in lines)),
    )


def of_kind(kind: Kind) -> list[Found]:
    """One finding of that kind alone from every stage that can have it."""
    return list(
        {
            name.partition(",")[0]: found
            for name, found in FINDINGS.items()
            if found.kinds == (kind,)
        }.values()
    )


def under(responses: dict[Kind, Response], found: Found) -> list[Judgement]:
    """The judgements of a policy, as a project's table would state it."""
    return list(found.judge(read_policy({str(each): str(responses[each]) for each in responses})))


def test_everything_that_can_be_found_is_among_the_findings() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert {kind for found in FINDINGS.values() for kind in found.kinds} == set(Kind)
    for policy in (Policy, ExperimentPolicy):
        settings = {each.name for each in msgspec.structs.fields(policy)}
        assert {each for each in Kind if each in settings} == GIVEN


@pytest.mark.parametrize("name", FINDINGS)
def test_each_finding_is_told_as_the_policy_says(name: str) -> None:
    found = FINDINGS[name]
    for responses in product(Response, repeat=len(found.kinds)):
        given = {
            kind: each for kind, each in zip(found.kinds, responses, strict=True) if kind in GIVEN
        }
        judgements = under(given, found)
        assert [each.kind for each in judgements] == list(found.kinds)
        assert {each.experiment for each in judgements} == {NAME}
        first, *others = (expected(kind, given.get(kind, Response.PASS)) for kind in found.kinds)
        for other in others:
            first = first.beside(other)
        assert told(gate(judgements)) == first


@pytest.mark.parametrize("kind", sorted(GIVEN))
def test_an_experiments_own_policy_counts_for_it_alone(kind: Kind) -> None:
    for found in of_kind(kind):
        for general, own in product(Response, repeat=2):
            for name, counts in {NAME: own, "another": general}.items():
                own_one = {name: {str(kind): str(own)}}
                policy = read_policy({str(kind): str(general), "experiments": own_one})
                assert told(gate(found.judge(policy))) == expected(kind, counts)


@pytest.mark.parametrize(("one", "other"), [*combinations_with_replacement(Kind, 2)])
def test_of_two_findings_neither_hides_the_other_and_the_worse_end_counts(
    one: Kind, other: Kind
) -> None:
    for first, second in product(of_kind(one), of_kind(other)):
        for responses in product(Response, repeat=2):
            given = {
                kind: each
                for kind, each in zip((one, other), responses, strict=True)
                if kind in GIVEN
            }
            both = [*under(given, first), *under(given, second)]
            assert told(gate(both)) == expected(one, given.get(one, Response.PASS)).beside(
                expected(other, given.get(other, Response.PASS))
            )


def test_the_effect_goes_with_what_was_measured_and_with_nothing_else() -> None:
    for name, found in FINDINGS.items():
        stage, _, verdict = name.partition(", ")
        measured = {each.measured for each in under({}, found)}
        if verdict in VERDICTS and verdict != Verdict.INVALID:
            assert measured == {EFFECTS[stage]}
        elif found.kinds == (Kind.PASSED, Kind.DIFFERS):
            assert measured == {EFFECTS[stage], None}
        else:
            assert measured == {None}


def test_what_was_not_looked_at_has_not_passed() -> None:
    unseen = [
        *judge_check(Outcome(preflights={}), experiments=[NAME], policy=Policy()),
        *judge_comparison(samples.run(), endpoints={NAME: "/"}, policy=Policy()),
    ]
    assert {each.stage for each in unseen} == {"check", "compare"}
    assert not {each.kind for each in unseen} & {Kind.PASSED, Kind.FASTER}
    assert told(gate(unseen)).end == INVALID
    assert gate([]).result == "invalid"
