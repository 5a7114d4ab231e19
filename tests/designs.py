"""Comparisons, sweeps, benches, checks and audits in this process that only note what they ask."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from headtohead.audit import Fact
from headtohead.audit import audit_experiments as auditing
from headtohead.bench import compare_benchmarks as benching
from headtohead.check import check_experiments as checking
from headtohead.compare import compare_revisions as comparing
from headtohead.compare import rounds as taking
from headtohead.compare.endpoints import ComparedEndpoint
from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.load.messages.latency import PairPlan
from headtohead.revisions.checkout import Revision
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services import valkey
from headtohead.services.databases.postgresql import POSTGRESQL
from headtohead.services.running_server import RunningServer
from headtohead.stack import revision_servers, temporary_stack
from headtohead.stack.state import RunningStack
from headtohead.sweep import sweep_sizes as sweeping
from tests.check.factories import queries
from tests.run.scripted import THREE, Noted, answered, scripted
from tests.run.test_run_experiments import Witness

ENDPOINTS = tuple(ComparedEndpoint(name=name, path=f"/{name}/") for name in ("orders", "products"))


@dataclass
class Design(Noted):
    """What a design asked for, beyond plans.

    Attributes:
        served: The sides whose servers were started, in each round in their order.
        checkouts: What was checked out.
        databases: What databases were filled, by the arguments that say with what.
        processes: The processes of benchmarks: side, folder and selection.
    """

    served: list[tuple[str, ...]] = field(default_factory=list)
    checkouts: list[dict[str, Any]] = field(default_factory=list)
    databases: list[dict[str, Any]] = field(default_factory=list)
    processes: list[tuple[str, Path, str | None]] = field(default_factory=list)


def compared(
    config: Config,
    *,
    rounds: int = 4,
    endpoints: Sequence[ComparedEndpoint] = ENDPOINTS,
    pairs: int = 25,
    **more: Any,
) -> Design:
    """Compare two revisions."""
    design = Design(pairs=pairs)
    with _designing(design):
        design.record, _ = comparing.compare(
            "main",
            None,
            choose=lambda *_: (endpoints, ()),
            rounds=rounds,
            config=config,
            note=_silent,
            say=_silent,
            write_reports=lambda *_: None,
            **more,
        )
    return design


def swept(config: Config, *, sizes: Sequence[int], pairs: int = 25) -> Design:
    """Measure an experiment at several numbers of rows."""
    design = Design(pairs=pairs)
    with _designing(design):
        design.record, _ = sweeping.sweep(
            THREE,
            sizes=sizes,
            config=config,
            observer=Witness(),
            write_reports=lambda *_: None,
        )
    return design


def benched(config: Config, *, rounds: int = 4, **more: Any) -> Design:
    """Compare the micro-benchmarks of two revisions."""
    design = Design()
    with _designing(design):
        given = {"select": None, "instructions": False, **more}
        design.record, _ = benching.bench(
            "main", None, rounds=rounds, config=config, note=_silent, say=_silent, **given
        )
    return design


def checked(config: Config, **more: Any) -> Design:
    """Check an experiment without a clock."""
    design = Design()
    given = {"update": False, "whole": True, **more}
    with _designing(design):
        design.record = checking.check([THREE], config=config, note=_silent, **given)
    return design


def audited(config: Config, experiment: Experiment) -> Design:
    """Audit an experiment whose audit is `states_a_fact`."""
    design = Design()
    with _designing(design):
        design.record = auditing.audit([experiment], config=config, note=_silent)
    return design


def states_a_fact(_: Any) -> Iterator[Fact]:
    yield Fact(name="lost updates", value=0)


@contextmanager
def _designing(design: Design) -> Iterator[None]:
    @contextmanager
    def checked_out(*names: str | None, **given: Any) -> Iterator[tuple[Revision, Revision]]:
        design.checkouts.append({"names": names, **given})
        base, head = (
            Revision(
                name=name,
                commit=name * 10,
                changed=False,
                environment=PythonEnvironment(root=Path()),
            )
            for name in ("main", "work")
        )
        yield base, head

    @contextmanager
    def apart(settings: Any, revisions: Any, **_: Any) -> Iterator[Any]:
        design.databases.append(
            {"rows": settings.rows, "seed": settings.seed, "settings": settings}
        )
        yield SimpleNamespace(
            remarks=lambda: ("refused",),
            token="apart",
            rows=settings.rows,
            servers=(),
            served=served,
            projects=revisions,
        )

    @contextmanager
    def served(order: Sequence[str]) -> Iterator[dict[str, RunningServer]]:
        design.served.append(tuple(order))
        yield {
            side: RunningServer(
                name=f"API {side}", pid=None, address=f"{side}:80", log=None, version="1"
            )
            for side in order
        }

    @contextmanager
    def scratch(settings: Any, *, progress: Any, **given: Any) -> Iterator[Any]:
        design.databases.append({**given, "settings": settings})
        database = RunningServer(name=POSTGRESQL, pid=None, address="", log=None, version="18.1")
        yield RunningStack(
            api_url="http://127.0.0.1:8001",
            database_url="",
            cache_url="redis://127.0.0.1:9/0",
            token="apart",
            rows=given["rows"],
            servers=(database,),
            broker_url="",
            memcached_url="",
            directory=settings.directory,
        )

    def found(asked: Experiment, **_: Any) -> Any:
        return {each.name: queries(SELECT=1) for each in asked.all_variants}

    def run_benchmarks(revision: Revision, *, folder: Path, select: str | None, **_: Any) -> Any:
        design.processes.append((revision.name, folder, select))
        return {"test_it": 1.0 if revision.name == "main" else 2.0}

    def count(revision: Revision, *, folder: Path, select: str | None, **_: Any) -> Any:
        design.processes.append((f"instructions of {revision.name}", folder, select))
        return {"test_it": 1000}

    with scripted(design), pytest.MonkeyPatch.context() as patch:
        patch.setattr(revision_servers, "apart", apart)
        patch.setattr(temporary_stack, "scratch", scratch)
        patch.setattr(valkey, "empty_cache", _silent)
        patch.setattr(taking, "look", lambda endpoints, **_: [()] * len(endpoints))
        for module in (comparing, benching):
            patch.setattr(module, "checked_out", checked_out)
        patch.setattr(benching, "run_benchmarks", run_benchmarks)
        patch.setattr(benching, "kept_away", lambda *_, **__: {})
        patch.setattr(benching, "count_instructions", count)
        patch.setattr(sweeping, "check", answered)
        patch.setattr(sweeping, "explained_variants", lambda *_, **__: ())
        patch.setattr(checking, "preflight", answered)
        patch.setattr(checking, "queries_of", found)
        yield


def plans_between(design: Design, side: str) -> list[PairPlan]:
    """Those of a comparison in which base meets that side."""
    return [each for each in design.plans if each.variants[0].identity.endswith(f"/{side}")]


def _silent(*_: Any) -> None:
    pass
