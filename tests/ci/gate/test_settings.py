"""Every setting of a policy reaches what it is about."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from headtohead.check.outcome import Outcome
from headtohead.ci.gate import gate_working_tree
from headtohead.ci.gate.judgement import Gate
from headtohead.ci.gate.policy import FindingKind, Policy, read_policy
from headtohead.config import Config
from tests.bench.factories import bench
from tests.check.factories import experiment
from tests.report import samples

DECLARED = experiment()


@dataclass(kw_only=True)
class Asked:
    """What a gate asks of those who measure."""

    compared: dict[str, Any] = field(default_factory=dict)
    benched: dict[str, Any] = field(default_factory=dict)

    @property
    def paths(self) -> Sequence[str]:
        endpoints, _ = self.compared["choose"](None)
        return [each.path for each in endpoints]


# A value that is not the default, and what of it can be seen where it has to arrive.
SETTINGS: dict[str, tuple[object, Callable[[Asked], object], object]] = {
    "budget": (60, lambda asked: asked.compared["config"].budget, 60),
    "rounds": (5, lambda asked: asked.compared["rounds"], 5),
    "paths": (["/more/"], lambda asked: asked.paths, [DECLARED.request.path, "/more/"]),
    "control": (False, lambda asked: asked.compared["config"].control, False),
    "benchmarks": (True, lambda asked: bool(asked.benched), True),
    "margin": (0.07, lambda asked: asked.compared["config"].margin, 0.07),
    "experiments": (
        {DECLARED.name: {"margin": 0.11}},
        lambda asked: asked.compared["margins"],
        {DECLARED.name: 0.11},
    ),
}


def carry_out(table: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> tuple[Asked, Gate]:
    """A gate on a project with one experiment, of whose measurements nothing is left to do."""
    asked = Asked()

    def compare(*_: object, **given: object) -> tuple[object, Path]:
        asked.compared = given
        return samples.run(), Path()

    def measure_benchmarks(*_: object, **given: object) -> tuple[object, Path]:
        asked.benched = given
        return bench(), Path()

    monkeypatch.setattr(gate_working_tree, "open_target", lambda *_, **__: nullcontext())
    monkeypatch.setattr(gate_working_tree, "check", lambda *_, **__: Outcome(preflights={}))
    monkeypatch.setattr(gate_working_tree, "compare", compare)
    monkeypatch.setattr(gate_working_tree, "bench", measure_benchmarks)
    judged, _ = gate_working_tree.gate(
        "main",
        runnable=[DECLARED],
        declared=[DECLARED],
        policy=read_policy(table),
        config=Config(root=Path(), margin=0.02),
        note=lambda _: None,
        say=lambda _: None,
        write_reports=lambda _run, _folder: None,
    )
    return asked, judged


@pytest.mark.parametrize("name", SETTINGS)
def test_it_reaches_the_comparison(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, seen, expected = SETTINGS[name]
    asked, _ = carry_out({name: value}, monkeypatch)
    assert seen(asked) == expected
    without, _ = carry_out({}, monkeypatch)
    assert seen(without) != expected


def test_no_setting_is_forgotten() -> None:
    settings = {each.name for each in msgspec.structs.fields(Policy)}
    assert settings - set(FindingKind) == set(SETTINGS)


def test_endpoints_share_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _ = carry_out({"budget": 60, "paths": ["/more/", "/and-more/"]}, monkeypatch)
    assert asked.compared["config"].budget == 20


def test_benchmarks_are_taken_in_as_many_rounds_with_the_policys_margin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, _ = carry_out({"benchmarks": True, "rounds": 5, "margin": 0.07}, monkeypatch)
    assert (asked.benched["rounds"], asked.benched["config"].margin) == (5, 0.07)


def test_every_stage_has_its_say(monkeypatch: pytest.MonkeyPatch) -> None:
    _, judged = carry_out({"untested": "warn"}, monkeypatch)
    assert [(each.stage, each.kind) for each in judged.judgements] == [
        ("compare", FindingKind.INVALID),
        ("check", FindingKind.UNTESTED),
    ]
