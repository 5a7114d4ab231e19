"""A gate as GitLab's merge requests show it: code quality and metrics reports."""

import json
from hashlib import sha256

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from headtohead.ci.gate.judgement import Gate, Judgement
from headtohead.ci.gate.policy import Response
from headtohead.ci.gate.report import found

_SEVERITIES = {Response.FAIL: "major", Response.WARN: "minor"}


def code_quality(gate: Gate) -> str:
    """Everything that fails or warns, in GitLab's form of Code Climate's issues.

    GitLab takes no issue without a file; one that no line of code is known for stands in the file
    that holds the policy.
    """
    issues = [
        {
            "description": f"{each.subject}: {each.message}",
            "check_name": f"headtohead {each.stage}: {found(each)}",
            "fingerprint": _fingerprint(each),
            "severity": _SEVERITIES[each.response],
            "location": {
                "path": each.source.path if each.source else "pyproject.toml",
                "lines": {"begin": each.source.line if each.source else 1},
            },
        }
        for each in gate.judgements
        if each.response in _SEVERITIES
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def metrics(gate: Gate) -> str:
    """The ratio of every endpoint that was measured, in Prometheus' text format."""
    registry = CollectorRegistry()
    ratio = Gauge(
        "headtohead_ratio",
        "Time of head over time of base.",
        ["endpoint"],
        registry=registry,
    )
    for each in gate.judgements:
        if each.measured:
            ratio.labels(each.subject).set(each.measured.ratio)
    return generate_latest(registry).decode()


def _fingerprint(judgement: Judgement) -> str:
    """What tells GitLab that an issue is the one that it has seen before: not its figures."""
    identity = f"{judgement.stage} {judgement.subject} {judgement.kind}"
    return sha256(identity.encode()).hexdigest()
