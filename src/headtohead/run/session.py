"""A whole run: preflight of everything, then one experiment after the other, then the record."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Protocol

import psutil

from headtohead import caveats
from headtohead.caveats import Caveat
from headtohead.config import Config
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment
from headtohead.measurement import SCHEMA_VERSION, ExperimentResult, Mode, Run, write_record
from headtohead.run import environment
from headtohead.run.measure import Measured, Progress, measure
from headtohead.run.preflight import check
from headtohead.run.results import new_run_id, run_directory
from headtohead.run.target import Target, open_target
from headtohead.run.throughput import MeasuredLoad, measure_throughput, require_rounds

# How long to watch the machine before an experiment, and the share of its cores that others may
# use meanwhile before the record says so.
QUIET_SECONDS = 0.5
TOLERATED_SHARE = 0.25


class Observer(Protocol):
    """What a run tells whoever watches it."""

    def note(self, text: str) -> None:
        """Something happens that takes a moment."""

    def begin(self, experiment: Experiment) -> None:
        """Measuring of an experiment begins."""

    def update(self, progress: Progress) -> None:
        """It has come this far."""

    def end(self, result: ExperimentResult) -> None:
        """It is done."""


def run(
    experiments: Sequence[Experiment],
    *,
    config: Config,
    observer: Observer,
    write_reports: Callable[[Run, Path], None],
) -> tuple[Run, Path]:
    """Measure experiments and write the record.

    Args:
        experiments: What to measure, in this order.
        config: All settings.
        observer: Told of the progress.
        write_reports: Writes what is derived from the record into the run's folder.

    Returns:
        The record, and the folder that holds it.

    Raises:
        ConfigurationError: The budget is too short for the mode.
        MeasurementError: Variants differ in what they say, or nothing could be measured.
    """
    if config.mode == Mode.THROUGHPUT:
        require_rounds(config)
    started_at, started = datetime.now(UTC), monotonic()
    run_id = new_run_id(started_at, results=config.results_directory)
    with (
        run_directory(run_id, results=config.results_directory) as directory,
        open_target(config, progress=observer.note) as target,
    ):
        _require_preflight(experiments, target=target, observer=observer)
        load_before = os.getloadavg()[0]
        measured = [
            _measure_one(experiment, target=target, config=config, observer=observer)
            for experiment in experiments
        ]
        for each in measured:
            each.write_raw(directory)
        record = Run(
            schema=SCHEMA_VERSION,
            run_id=run_id,
            started_at=started_at,
            seconds=monotonic() - started,
            complete=True,
            git=environment.git_state(config.root),
            environment=environment.describe(
                servers=target.servers,
                rows=target.rows,
                load_before=load_before,
                load_after=os.getloadavg()[0],
            ),
            experiments=tuple(each.result for each in measured),
        )
        write_reports(record, directory)
        write_record(record, directory)
    return record, config.results_directory / run_id


def _require_preflight(
    experiments: Sequence[Experiment], *, target: Target, observer: Observer
) -> None:
    observer.note("Checking that all variants say the same")
    for experiment in experiments:
        outcome = check(experiment, base_url=target.base_url, token=target.token)
        for finding in outcome.findings:
            raise MeasurementError(f"{finding.variant}: {finding.problem}", fix=finding.fix)


def _measure_one(
    experiment: Experiment, *, target: Target, config: Config, observer: Observer
) -> Measured | MeasuredLoad:
    surroundings = list(_surroundings())
    observer.begin(experiment)
    take = measure_throughput if config.mode == Mode.THROUGHPUT else measure
    measured = take(
        experiment,
        target=target,
        config=config,
        seed=config.seed,
        on_progress=observer.update,
    )
    result = replace(measured.result, caveats=(*measured.result.caveats, *surroundings))
    observer.end(result)
    return replace(measured, result=result)


def _surroundings() -> Iterator[Caveat]:
    """What the machine is like while nothing of ours runs on it."""
    busy_share = psutil.cpu_percent(interval=QUIET_SECONDS) / 100
    if busy_share > TOLERATED_SHARE:
        yield caveats.busy_machine(share=busy_share)
    if len(os.sched_getaffinity(0)) == 1:
        yield caveats.single_core()
