"""Every random choice of a design varies, follows from the seed, and differs where it has to."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from itertools import islice
from math import factorial, inf, sqrt
from pathlib import Path
from typing import Any

import pytest

from benchmarks.generator_cost import __main__ as generator_cost
from benchmarks.generator_cost.kinds import Kind
from benchmarks.validation import noisy_neighbour
from benchmarks.validation.scenarios import SCENARIOS, Neighbour, planned_trials, trial_seed
from headtohead.config import Config
from headtohead.load.generator.schedule import STRETCH_SECONDS, BlockSchedule, PairSchedule
from headtohead.load.messages.open_model import Arrivals, arrival_offsets
from tests.conftest import ROOT
from tests.designs import ENDPOINTS, benched, compared, swept

# Modules that draw, and where their choices are seen to vary.
DRAWING = {
    "src/headtohead/load/generator/schedule.py": "here",
    "src/headtohead/load/messages/open_model.py": "here",
    "src/headtohead/compare/rounds.py": "here",
    "src/headtohead/bench/compare_benchmarks.py": "here",
    "src/headtohead/sweep/sweep_sizes.py": "here",
    "benchmarks/validation/scenarios.py": "here",
    "benchmarks/generator_cost/__main__.py": "here",
    "src/headtohead/analysis/change_points.py": "tests/analysis/test_change_points.py",
    "benchmarks/validation/noisy_neighbour.py": "here",
    "src/headtohead/stack/lifecycle.py": "tests/stack/test_secrets.py",
    "src/headtohead/stack/revision_servers.py": "tests/stack/test_secrets.py",
    "src/headtohead/services/valkey.py": "tests/stack/test_secrets.py",
    "src/headtohead/load/control/distributed.py": "tests/load/control/test_distributed.py",
    "src/headtohead/services/project_variables.py": "tests/services/test_project_variables.py",
    "app/accounts/models.py": "tests/app/accounts/test_services.py",
    "app/accounts/services.py": "tests/app/accounts/test_services.py",
    "app/caching/generations.py": "tests/app/caching/test_invalidation.py",
    "app/caching/stampede.py": "tests/app/caching/test_stampede.py",
    "app/graph/errors.py": "tests/app/graph/test_views.py",
    "app/seeding/draws.py": "tests/app/seeding/test_draws.py",
    "loadtests/journey.py": "tests/loadtests/test_choices.py",
    "loadtests/scenarios/browse.py": "tests/loadtests/test_choices.py",
    "loadtests/scenarios/buy.py": "tests/loadtests/test_choices.py",
    "loadtests/scenarios/edit.py": "tests/loadtests/test_choices.py",
    "loadtests/scenarios/search.py": "tests/loadtests/test_choices.py",
    "benchmarks/itself/calibration.py": "tests/benchmarks/test_itself.py",
    "benchmarks/test_harness.py": "made-up ratios to time, the same every time",
    "benchmarks/proof/project/shop/management/commands/seed.py": "tests/benchmarks/test_proof.py",
}
# Functions that draw, by the module that has them.
SOURCES = {
    "random": None,
    "secrets": {"token_urlsafe", "token_hex", "token_bytes", "choice", "randbelow"},
    "uuid": {"uuid1", "uuid4"},
    "np.random": None,
}


def config(folder: Path, *, seed: int, **settings: Any) -> Config:
    return Config(root=folder, seed=seed, **settings)


def chunks(found: Sequence[Any], size: int) -> list[tuple[Any, ...]]:
    return [tuple(found[start : start + size]) for start in range(0, len(found), size)]


def coins(seed: int, _: Path) -> list[bool]:
    schedule = PairSchedule(variants=1, seconds=inf, seed=seed)
    return [turn.baseline_first for turn in islice(schedule, 10_000)]


def stretches(seed: int, _: Path) -> list[tuple[int, ...]]:
    """The order of comparisons in each round, where a pair fills a stretch."""
    schedule = PairSchedule(variants=3, seconds=60.0, seed=seed)
    found = []
    for turn in schedule:
        found.append(turn.variant)
        schedule.spend(variant=turn.variant, seconds=STRETCH_SECONDS)
    return chunks(found, 3)


def blocks(seed: int, _: Path) -> list[tuple[int, ...]]:
    schedule = BlockSchedule(arms=3, seconds=inf, seed=seed)
    return chunks([turn.arm for turn in islice(schedule, 600)], 3)


def arrivals(seed: int, _: Path) -> list[tuple[float, ...]]:
    return [
        tuple(
            arrival_offsets(Arrivals.POISSON, rate=50, seconds=0.5, seed=seed, round_number=number)
        )
        for number in range(50)
    ]


def sides(seed: int, folder: Path) -> list[tuple[str, ...]]:
    one = ENDPOINTS[:1]
    return compared(config(folder, seed=seed), rounds=20, endpoints=one, pairs=2).served


def sides_with_control(seed: int, folder: Path) -> list[tuple[str, ...]]:
    given = config(folder, seed=seed, control=True)
    return compared(given, rounds=20, endpoints=ENDPOINTS[:1], pairs=2).served


def endpoints(seed: int, folder: Path) -> list[tuple[str, ...]]:
    plans = compared(config(folder, seed=seed), rounds=12, pairs=2).plans
    return chunks([plan.baseline.path for plan in plans], len(ENDPOINTS))


def coins_of_rounds(seed: int, folder: Path) -> list[int]:
    given = config(folder, seed=seed, control=True)
    return [plan.seed for plan in compared(given, pairs=2).plans]


def revisions(seed: int, folder: Path) -> list[tuple[str, ...]]:
    found = benched(config(folder, seed=seed), rounds=60).processes
    return chunks([side for side, *_ in found], 2)


def sizes(seed: int, folder: Path) -> list[tuple[int, ...]]:
    """The orders of two sweeps, since one takes each size once."""
    return [
        tuple(each["rows"] for each in swept(given, sizes=(10, 20, 40, 80), pairs=2).databases)
        for given in (config(folder, seed=seed + more) for more in (0, 10))
    ]


def trials(seed: int, _: Path) -> list[tuple[str, ...]]:
    planned = planned_trials(SCENARIOS, runs=20, seed=seed)
    return chunks([scenario.name for scenario, _ in planned], len(SCENARIOS))


def coins_of_trials(seed: int, _: Path) -> list[int]:
    return [
        trial_seed(scenario, index=index, seed=seed)
        for scenario in SCENARIOS
        for index in range(20)
    ]


def bursts(seed: int, _: Path) -> list[float]:
    """How long a bursty neighbour works and rests."""
    found: list[float] = []

    def note(seconds: float, **_: Any) -> None:
        found.append(seconds)
        if len(found) == 50:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["neighbour", Neighbour.BURSTY, str(seed), "1"])
        patch.setattr(noisy_neighbour, "_burn", note)
        patch.setattr(noisy_neighbour.time, "sleep", note)
        with suppress(KeyboardInterrupt):
            noisy_neighbour.main()
    return found


def kinds_of_generator(seed: int, _: Path) -> list[tuple[str, ...]]:
    taken: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generator_cost, "process", lambda *_, **__: nullcontext(_Started()))
        patch.setattr(
            generator_cost, "take_block", lambda *_, kind, **__: taken.append(kind) or kind
        )
        patch.setattr(generator_cost, "git_state", lambda _: None)
        generator_cost.measure(rounds=30, seconds=0.1, seed=seed)
    return chunks(taken, len(Kind))


class _Started:
    """A server that says its port."""

    @property
    def stdout(self) -> "_Started":
        return self

    def readline(self) -> str:
        return "80"


# What is chosen for a seed, and of how many choices each is one; None where all have to differ.
CHOICES: dict[Callable[[int, Path], list[Any]], int | None] = {
    coins: 2,
    stretches: factorial(3),
    blocks: factorial(3),
    arrivals: None,
    sides: 2,
    sides_with_control: factorial(3),
    endpoints: factorial(len(ENDPOINTS)),
    coins_of_rounds: None,
    revisions: 2,
    sizes: None,
    trials: None,
    coins_of_trials: None,
    bursts: None,
    kinds_of_generator: factorial(len(Kind)),
}


@pytest.mark.parametrize("choose", CHOICES, ids=[each.__name__ for each in CHOICES])
def test_a_choice_follows_from_the_seed_and_varies(choose, tmp_path):
    found, again, other = (choose(seed, tmp_path) for seed in (1, 1, 2))
    assert found == again
    assert found != other
    of = CHOICES[choose]
    if of is None:
        assert len(set(found)) == len(found)
        assert not set(found) & set(other)
        return
    counts = Counter(found)
    fair = len(found) / of
    # Four standard deviations of fair draws.
    assert all(
        count == pytest.approx(fair, abs=4 * sqrt(fair * (1 - 1 / of))) for count in counts.values()
    )
    assert len(counts) == of or fair < 5
    assert len(counts) > of / 2


def test_every_module_that_draws_is_known():
    """Whoever draws says where that is seen to vary."""
    found = {
        str(path.relative_to(ROOT))
        for folder in ("src", "app", "loadtests", "benchmarks", "dashboards")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and draws(path)
    }
    assert found == DRAWING.keys()
    for place in DRAWING.values():
        assert not place.startswith("tests/") or (ROOT / place).is_file(), place


def draws(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(source in text for source in SOURCES) and any(
        functions is None or name in functions
        for module, name in imported(ast.parse(text))
        if module in SOURCES
        for functions in [SOURCES[module]]
    )


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that a module takes from others, as `module.name` or from `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node.value), node.attr
