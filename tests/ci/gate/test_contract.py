"""Whatever a gate finds, under whatever policy, every form of it says the same and nothing less."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import reduce
from itertools import product
from xml.etree import ElementTree as ET

import msgspec
import pytest

from headtohead.analysis.results import Verdict
from headtohead.check.outcome import Outcome
from headtohead.ci.gate import github, gitlab, junit
from headtohead.ci.gate.judge_findings import judge_check, judge_comparison
from headtohead.ci.gate.judgement import Gate, Judgement, sorted_by_gravity
from headtohead.ci.gate.policy import ExperimentPolicy, FindingKind, Policy, Response, read_policy
from headtohead.ci.gate.write_files import as_json
from headtohead.errors import ExitCode
from tests.ci.gate.findings import EFFECTS, FINDINGS, VERDICTS
from tests.report import samples

# What a policy may be given for.
GIVEN = {
    FindingKind.CHECKS,
    FindingKind.SLOWER,
    FindingKind.UNRESOLVED,
    FindingKind.INCONCLUSIVE,
    FindingKind.DIFFERS,
    FindingKind.UNTESTED,
    FindingKind.INVALID,
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


def expected(kinds: Iterable[FindingKind], given: Mapping[FindingKind, Response]) -> Told:
    return reduce(Told.beside, (expected_of(each, given) for each in kinds))


def expected_of(kind: FindingKind, given: Mapping[FindingKind, Response]) -> Told:
    if kind not in GIVEN:
        return PASSES
    fails = DOES_NOT_COUNT if kind is FindingKind.INVALID else FAILS
    return {Response.PASS: PASSES, Response.WARN: WARNS, Response.FAIL: fails}[given[kind]]


def told(judgements: Iterable[Judgement]) -> Told:
    gate = Gate(run_id="run", base="main", judgements=sorted_by_gravity(judgements))
    outcomes = []
    for suite in ET.fromstring(junit.render(gate)):  # noqa: S314 (made here)
        tags = [child.tag for case in suite.iter("testcase") for child in case]
        counted = [suite.get(each) for each in ("tests", "failures", "errors", "skipped")]
        counts = len(tags), *map(tags.count, ("failure", "error", "skipped"))
        assert counted == list(map(str, counts))
        outcomes += tags
    assert json.loads(as_json(gate))["result"] == gate.result
    return Told(
        end=(gate.result, gate.exit_code),
        junit=tuple(sorted(outcomes)),
        gitlab=tuple(sorted(each["severity"] for each in json.loads(gitlab.code_quality(gate)))),
        github=tuple(sorted(line.split()[0].strip(":") for line in github.annotations(gate))),
    )


def tables(kinds: Iterable[FindingKind]) -> Iterator[tuple[dict[FindingKind, Response], Policy]]:
    """Every policy on these kinds, with what a project's table states."""
    ruled = sorted(GIVEN & set(kinds))
    for responses in product(Response, repeat=len(ruled)):
        given = dict(zip(ruled, responses, strict=True))
        yield given, read_policy({str(kind): str(given[kind]) for kind in given})


def test_everything_that_can_be_found_is_among_the_findings() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert {kind for find in FINDINGS.values() for kind in find("one").kinds} == set(FindingKind)
    for policy in (Policy, ExperimentPolicy):
        settings = {each.name for each in msgspec.structs.fields(policy)}
        assert {each for each in FindingKind if each in settings} == GIVEN


@pytest.mark.parametrize("name", FINDINGS)
def test_each_finding_is_told_as_the_policy_says(name: str) -> None:
    found = FINDINGS[name]("one")
    for given, policy in tables(found.kinds):
        judgements = list(found.judge(policy))
        assert [each.kind for each in judgements] == list(found.kinds)
        assert {each.experiment for each in judgements} == {"one"}
        assert told(judgements) == expected(found.kinds, given)


@pytest.mark.parametrize("name", FINDINGS)
def test_an_experiments_own_policy_counts_for_it_alone(name: str) -> None:
    found = FINDINGS[name]("one")
    for kind in GIVEN & set(found.kinds):
        for general, own in product(Response, repeat=2):
            for experiment, counts in {"one": own, "another": general}.items():
                own_one = {experiment: {str(kind): str(own)}}
                policy = read_policy({str(kind): str(general), "experiments": own_one})
                assert told(found.judge(policy)) == expected(found.kinds, {kind: counts})


@pytest.mark.parametrize("name", FINDINGS)
def test_of_two_findings_neither_hides_the_other_and_the_worse_end_counts(name: str) -> None:
    one = FINDINGS[name]("one")
    for find in FINDINGS.values():
        other = find("other")
        both = one.beside(other)
        for given, policy in tables([*one.kinds, *other.kinds]):
            parts = [both] if both else [one, other]
            judgements = [each for part in parts for each in part.judge(policy)]
            assert told(judgements) == expected([*one.kinds, *other.kinds], given)


def test_the_effect_goes_with_what_was_measured_and_with_nothing_else() -> None:
    for name, find in FINDINGS.items():
        stage, _, verdict = name.partition(", ")
        measured = {each.measured for each in find("one").judge(Policy())}
        if verdict in VERDICTS and verdict != Verdict.INVALID:
            assert measured == {EFFECTS[stage]}
        elif verdict == "answers differ":
            assert measured == {EFFECTS[stage], None}
        else:
            assert measured == {None}


def test_what_was_not_looked_at_has_not_passed() -> None:
    unseen = [
        *judge_check(Outcome(preflights={}), experiments=["one"], policy=Policy()),
        *judge_comparison(samples.run(), endpoints={"one": "/"}, policy=Policy()),
    ]
    assert {each.stage for each in unseen} == {"check", "compare"}
    assert not {each.kind for each in unseen} & {FindingKind.PASSED, FindingKind.FASTER}
    assert told(unseen).end == told([]).end == INVALID
