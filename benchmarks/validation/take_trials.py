"""A whole validation: the trials that are missing, then every rule on all of them."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.validation.folder import TrialFolder
from benchmarks.validation.record import Setup, Validation
from benchmarks.validation.rules import RULES
from benchmarks.validation.scenarios import Scenario, planned_trials, trial_seed
from benchmarks.validation.summary import summarise
from benchmarks.validation.trial import Subject, TrialEndpoint, take_trial
from headtohead.check.equal_answers import check, require_preflight
from headtohead.config import Config
from headtohead.errors import InterruptedCommandError
from headtohead.experiment_registry import Registry
from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.latency import PairPlan
from headtohead.protocol.server_timing import ServerTiming
from headtohead.records import provenance
from headtohead.stack.target import Target, open_target

# Long enough for a steady median, which effects are a percentage of.
_GAUGE_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class TrialProgress:
    """How far a validation has come.

    Attributes:
        scenario: What is tried now.
        finished: Trials that are kept.
        planned: Trials there are to be.
    """

    scenario: str
    finished: int
    planned: int


@dataclass(frozen=True, kw_only=True)
class Scope:
    """How much to try.

    Attributes:
        subject: The endpoint that is measured against itself.
        scenarios: What to try.
        runs: Trials of each scenario.
        seconds: Usual seconds of requests in a trial.
    """

    subject: Subject
    scenarios: Sequence[Scenario]
    runs: int
    seconds: float


def validate(
    scope: Scope,
    *,
    registry: Registry,
    config: Config,
    output: Path,
    note: Callable[[str], None],
    on_progress: Callable[[TrialProgress], None],
) -> Validation:
    """Take the trials that the output folder lacks, and judge all that it holds.

    Args:
        scope: How much to try.
        registry: All experiments, the slowest of which serves as the heavy request.
        config: All settings.
        output: Folder of the trials.
        note: Told what takes a moment.
        on_progress: Told before every trial.

    Raises:
        ConfigurationError: The folder cannot be written to, or holds trials of something else.
        MeasurementError: A trial cannot be taken.
        InterruptedCommandError: The user stopped it; finished trials are kept.
    """
    folder = TrialFolder(output)
    setup = folder.setup(subject=scope.subject.identity, seconds=scope.seconds, seed=config.seed)
    planned = list(planned_trials(scope.scenarios, runs=scope.runs, seed=config.seed))
    missing = [trial for trial in planned if not folder.has(*trial)]
    if missing or setup is None:
        try:
            with open_target(
                config, progress=note, experiments=[scope.subject.experiment]
            ) as target:
                setup = setup or _prepare(
                    scope, registry=registry, target=target, config=config, note=note
                )
                folder.write_setup(setup)
                endpoint = TrialEndpoint(
                    subject=scope.subject,
                    target=target,
                    heavy=Subject.named(setup.heavy, registry),
                    median_ms=setup.median_ms,
                    warm_up=config.warm_up,
                )
                for number, (scenario, index) in enumerate(missing):
                    finished = len(planned) - len(missing) + number
                    on_progress(
                        TrialProgress(
                            scenario=scenario.name, finished=finished, planned=len(planned)
                        )
                    )
                    trace = take_trial(
                        scenario,
                        index=index,
                        endpoint=endpoint,
                        seconds=scope.seconds * scenario.stretch,
                        seed=trial_seed(scenario, index=index, seed=config.seed),
                    )
                    folder.write(trace)
        except KeyboardInterrupt:
            raise InterruptedCommandError(
                f"interrupted; finished trials are kept in {os.path.relpath(output)}",
                fix="give the same command again to go on",
            ) from None
    note("Judging every trial by every rule")
    return summarise(setup, folder.traces(), rules=RULES)


def _prepare(
    scope: Scope,
    *,
    registry: Registry,
    target: Target,
    config: Config,
    note: Callable[[str], None],
) -> Setup:
    subject = scope.subject
    require_preflight([subject.experiment], target=target, note=note)
    note("Gauging the endpoint")
    heavy = _heaviest(registry, target=target)
    load_before = os.getloadavg()[0]
    median_ms, median_server_ms = _gauge(
        TrialEndpoint(
            subject=subject, target=target, heavy=heavy, median_ms=0.0, warm_up=config.warm_up
        )
    )
    return Setup(
        subject=subject.identity,
        method=subject.experiment.request.method,
        path=subject.experiment.request.path,
        heavy=heavy.identity,
        seconds=scope.seconds,
        seed=config.seed,
        median_ms=median_ms,
        median_server_ms=median_server_ms,
        started_at=datetime.now(UTC),
        git=provenance.git_state(config.root),
        environment=provenance.describe(
            servers=target.servers,
            rows=target.rows,
            load_before=load_before,
            load_after=os.getloadavg()[0],
        ),
    )


def _heaviest(registry: Registry, *, target: Target) -> Subject:
    """The baseline that keeps its server busy for longest."""
    times = {}
    for experiment in registry:
        if experiment.needs_servers:
            continue
        answer = check(experiment, target=target).answers.get(experiment.baseline.name)
        if answer and answer.timing:
            baseline = Subject(experiment=experiment, variant=experiment.baseline)
            times[answer.timing.total_ms] = baseline
    return times[max(times)]


def _gauge(endpoint: TrialEndpoint) -> tuple[float, float]:
    """Median milliseconds of the endpoint as its client and as its server sees them."""
    plan = PairPlan(
        baseline=endpoint.arm(),
        variants=(endpoint.arm(),),
        warm_up=endpoint.warm_up,
        seconds=_GAUGE_SECONDS,
        seed=0,
    )
    with load_generator() as generator:
        generator.start(plan)
        samples = [pair.baseline_sample for batch in generator.batches() for pair in batch]
    timings = [ServerTiming.from_header(sample.server_timing) for sample in samples]
    return (
        median(sample.milliseconds for sample in samples),
        median(timing.total_ms for timing in timings if timing),
    )
