"""Runs in this process whose servers and load generators only note what is asked of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from headtohead.check import equal_answers
from headtohead.check.equal_answers import Preflight, VariantAnswer
from headtohead.compare import rounds
from headtohead.config import Config
from headtohead.experiment import Experiment, Variant
from headtohead.host.sample import Clocks, CpuTimes, HostSample
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.background import BackgroundTally
from headtohead.load.messages.distributed import WorkerLost
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.load.messages.open_model import Arrival, OpenPlan, Stretch
from headtohead.load.messages.throughput import Block, BlockBatch, BlockPlan
from headtohead.modes.latency import mode as latency_mode
from headtohead.modes.open_model import mode as open_model_mode
from headtohead.modes.throughput import mode as throughput_mode
from headtohead.modes.throughput import workers
from headtohead.protocol.server_timing import ServerTiming
from headtohead.records import provenance
from headtohead.records.run import Run
from headtohead.run import background, metrics_exporter, run_experiments
from headtohead.services.running_server import RunningServer
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from headtohead.stack.target import Target
from tests.check.test_equal_answers import experiment
from tests.report import samples
from tests.run import factories
from tests.run.test_run_experiments import Witness

# A baseline and two variants, both of which take half of its time.
THREE = replace(
    experiment("/it"),
    variants=tuple(Variant(name=name, selector=f"shop.{name}") for name in ("other", "third")),
)
JOURNEYS = ("browse", "buy")
STACK_URL = "http://127.0.0.1:8000"
# Where the stack's servers can be seen, generators keep off their cores.
API = RunningServer(name="API", pid=1, address="127.0.0.1:8000", log=None, version="1")
# Where the stack's own Prometheus looks.
STACK_METRICS_PORT = 9465
ROUNDS = 10
# What a second request for the same takes, as a multiple of the first.
differs_from_itself = 1.0
HOST = HostSample(
    clocks=Clocks(wall=0.0, monotonic=0.0),
    cpu=CpuTimes(total=0.0, busy=0.0, steal=0.0, own=0.0),
    servers={},
    load=0.0,
)
# What tells one fleet of workers from another.
FLEET = ("local", "remote", "host", "port", "wait", "cores")


@dataclass
class Noted:
    """What a run asked for.

    Attributes:
        plans: Of its load generators, in the order in which they were carried out.
        closed: Comparisons that it ended early, by the index of their plan.
        stacks: What each stack was to be.
        fleets: Whom it waited for.
        journeys: What was to run beside, and on which cores.
        exports: Where metrics were to be served.
        record: What was recorded.
        pairs: How many of each comparison a generator reports at once.
        lost: What breaks its workers while they carry out their first plan.
    """

    plans: list[Any] = field(default_factory=list)
    closed: list[tuple[int, int]] = field(default_factory=list)
    stacks: list[StackSettings] = field(default_factory=list)
    fleets: list[dict[str, Any]] = field(default_factory=list)
    journeys: list[Any] = field(default_factory=list)
    exports: list[tuple[str, int]] = field(default_factory=list)
    record: Run | None = field(default=None, compare=False)
    pairs: int = field(default=25, compare=False)
    lost: WorkerLost | None = field(default=None, compare=False)


@dataclass
class ScriptedGenerator:
    """Carries out no plan and reports what the fastest of servers would have brought."""

    noted: Noted

    def start(self, plan: Any) -> None:
        self.noted.plans.append(plan)

    def close_comparison(self, variant: int) -> None:
        self.noted.closed.append((len(self.noted.plans) - 1, variant))

    def batches(self) -> Iterator[list[Pair]]:
        """Enough pairs for a verdict on every variant, in two batches."""
        plan: PairPlan = self.noted.plans[-1]
        for _ in range(2):
            yield [
                _pair(variant, arm, number=number, twice_as_fast=arm != plan.baseline)
                for variant, arm in enumerate(plan.variants)
                for number in range(self.noted.pairs)
            ]

    def block_batches(self) -> Iterator[BlockBatch]:
        yield from blocks_of(self.noted.plans[-1])

    def stretches(self) -> Iterator[Stretch]:
        plan: OpenPlan = self.noted.plans[-1]
        for number, round_, index, arm in _turns(plan.arms):
            began = 1_700_000_000.0 + number * 10
            due = [began + place / 25 for place in range(20)]
            yield Stretch(
                round=round_,
                arm=index,
                started=began,
                closed=began + 1,
                drained=began + 1.1,
                arrivals=[
                    Arrival(intended=at, reached=at, pool_full=False, sample=_answer(arm, at))
                    for at in due
                ],
            )


def blocks_of(plan: BlockPlan) -> Iterator[BlockBatch]:
    """A block of every arm in each of some rounds."""
    for number, round_, index, arm in _turns(plan.arms):
        began = 1_700_000_000.0 + number * 10
        taken = [_answer(arm, began + 0.02 + place / 25) for place in range(20)]
        block = Block(
            round=round_,
            arm=index,
            started=began,
            drained=began + 0.01,
            ended=began + 0.01 + plan.block_seconds,
            cpu_seconds=0.1 * plan.block_seconds,
        )
        yield BlockBatch(blocks=[block], samples=taken)


def _pair(variant: int, arm: Arm, *, number: int, twice_as_fast: bool) -> Pair:
    told = factories.sample(arm.identity.partition("/")[2])
    return factories.pair(
        variant=variant,
        baseline_first=bool(number % 2),
        variant_ms=(5.0 if twice_as_fast else 10.0 * differs_from_itself)
        * (1 + (number % 5 - 2) / 100),
        identity=told.identity,
        server_timing=told.server_timing,
    )


def _turns(arms: Sequence[Arm]) -> Iterator[tuple[int, int, int, Arm]]:
    for round_ in range(ROUNDS):
        for index, arm in enumerate(arms):
            yield round_ * len(arms) + index, round_, index, arm


def _answer(arm: Arm, at: float) -> Sample:
    return factories.sample(arm.identity.partition("/")[2], started=at, milliseconds=10.0)


@contextmanager
def scripted(noted: Noted) -> Iterator[None]:
    """Replace all that would start a process or send a request."""

    @contextmanager
    def generator() -> Iterator[ScriptedGenerator]:
        yield ScriptedGenerator(noted)

    def up(settings: StackSettings, **_: Any) -> RunningStack:
        noted.stacks.append(settings)
        return RunningStack(
            api_url=STACK_URL,
            database_url="postgresql://127.0.0.1:9/shop",
            cache_url="redis://127.0.0.1:9/0",
            token="the stack's",
            rows=settings.rows,
            servers=(API,),
            broker_url="",
            memcached_url="",
            directory=settings.directory,
            watched=SimpleNamespace(generator_port=STACK_METRICS_PORT),
        )

    @contextmanager
    def fleet(**given: Any) -> Iterator[Any]:
        noted.fleets.append({each: given[each] for each in FLEET})
        number = given["local"] + given["remote"]

        def take(plan: BlockPlan) -> Iterator[tuple[int, BlockBatch]]:
            noted.plans.append(plan)
            for batch in blocks_of(plan):
                yield from ((worker, batch) for worker in range(number))
            found.broken = noted.lost

        found = SimpleNamespace(workers=number, broken=None, take=take)
        yield found

    @contextmanager
    def journeys(plan: Any, *, cores: Any) -> Iterator[Any]:
        noted.journeys.append((plan, cores))
        tally = BackgroundTally(requests=1, errors=0, example="")
        yield SimpleNamespace(tally=lambda: tally, last_words=lambda: "")

    @contextmanager
    def serving(_: Any, *, host: str, port: int) -> Iterator[Any]:
        noted.exports.append((host, port))
        yield SimpleNamespace(another=lambda **_: True)

    with pytest.MonkeyPatch.context() as patch:
        for module in (latency_mode, throughput_mode, open_model_mode, rounds):
            patch.setattr(module, "load_generator", generator)
        # To look at all processes of the machine takes longer than such a run.
        patch.setattr(Target, "sample_host", lambda _: HOST)
        patch.setattr(lifecycle, "status", lambda _: None)
        patch.setattr(lifecycle, "up", up)
        patch.setattr(lifecycle, "down", lambda _: ())
        patch.setattr(equal_answers, "check", lambda asked, **_: answered(asked))
        patch.setattr(workers, "open_fleet", fleet)
        patch.setattr(background, "background_load", journeys)
        patch.setattr(background, "scenario_names", lambda _: JOURNEYS)
        patch.setattr(metrics_exporter, "_serving", serving)
        patch.setattr(provenance, "git_state", lambda *_, **__: samples.run().git)
        yield


def answered(asked: Experiment, **_: Any) -> Preflight:
    """What a preflight finds where all variants say the same."""
    timing = ServerTiming.from_header(factories.sample("one").server_timing)
    names = [each.name for each in asked.all_variants]
    return Preflight(
        answers={name: VariantAnswer(body=b"", timing=timing) for name in names}, findings=()
    )


def run_noted(
    *experiments: Experiment,
    folder: Path,
    against_itself: bool = False,
    lost: WorkerLost | None = None,
    **settings: Any,
) -> Noted:
    """Carry out a whole run of these settings."""
    noted = Noted(lost=lost)
    with scripted(noted):
        noted.record, _ = run_experiments.run(
            experiments or (THREE,),
            config=Config(root=folder, **settings),
            observer=Witness(),
            write_reports=lambda *_: None,
            against_itself=against_itself,
        )
    return noted
