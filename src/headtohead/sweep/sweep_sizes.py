"""A whole sweep: at every size rows are set up, bodies compared and pairs taken."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from headtohead.check.equal_answers import check
from headtohead.config import Config
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.experiment import Experiment
from headtohead.explain.request import explained_variants
from headtohead.host.files import write_whole
from headtohead.modes.latency.mode import LatencyMode
from headtohead.modes.latency.verdicts import MeasuredPairs
from headtohead.modes.mode import Observer
from headtohead.records.explained import ExplainedVariant
from headtohead.records.provenance import Began
from headtohead.records.recording import run_directory
from headtohead.records.store import to_json
from headtohead.run.run_experiments import measure_one
from headtohead.stack import temporary_stack
from headtohead.stack.settings import stack_settings
from headtohead.stack.state import RunningStack
from headtohead.stack.target import Target, open_target, target_of
from headtohead.stack.variant_servers import served
from headtohead.sweep.record import RECORD_NAME, SCHEMA_VERSION, Size, Sweep, growth_of

# Apart from that of runs, whose readers expect a run's record there.
LATEST = "latest-sweep"


@dataclass(frozen=True, kw_only=True)
class MeasuredSize:
    """What was found at one number of rows, before sizes are judged together."""

    measured: MeasuredPairs
    explained: tuple[ExplainedVariant, ...]


def sweep(
    experiment: Experiment,
    *,
    sizes: Sequence[int],
    config: Config,
    observer: Observer,
    write_reports: Callable[[Sweep, Path], None],
) -> tuple[Sweep, Path]:
    """Measure an experiment at several numbers of rows and write the record.

    Args:
        experiment: What to measure.
        sizes: Numbers of rows, at least three, in ascending order.
        config: All settings.
        observer: Told of the progress.
        write_reports: Writes what is derived from the record into the sweep's folder.

    Returns:
        The record, and the folder that holds it.

    Raises:
        CheckFailedError: A server does not tell its SQL.
        ConfigurationError: There is a --url, where rows are not ours to replace.
        MeasurementError: Variants differ in what they say, or nothing could be measured.
        StackError: The local stack does not come up.
    """
    if config.url:
        raise ConfigurationError(
            "a sweep needs rows of its own, and those at --url are not ours to replace",
            fix="leave `url` out of the settings, so that the local stack is used",
        )
    began = Began()
    with (
        run_directory(
            began.at, results=config.results_directory, latest=LATEST, note=observer.note
        ) as (run_id, directory),
        open_target(config, progress=observer.note) as target,
    ):
        mode = LatencyMode(comparisons_in_run=len(sizes) * len(experiment.variants))
        # At random, so that a machine that slows down meanwhile does not look like growth.
        order = random.Random(config.seed).sample(sizes, len(sizes))  # noqa: S311 (no secret)
        taken = {
            rows: _measure_at(
                rows, experiment, mode=mode, target=target, config=config, observer=observer
            )
            for rows in order
        }
        results = mode.judged([taken[rows].measured for rows in sizes])
        found = tuple(
            Size(rows=rows, result=result, explained=taken[rows].explained)
            for rows, result in zip(sizes, results, strict=True)
        )
        for rows in sizes:
            folder = directory / f"{rows}-rows"
            folder.mkdir()
            taken[rows].measured.write_raw(folder)
        record = Sweep(
            schema=SCHEMA_VERSION,
            run_id=run_id,
            **began.provenance(
                config.root, own=config.own_paths, servers=target.servers, rows=sizes[-1]
            ),
            experiment=experiment.name,
            question=experiment.question,
            sizes=found,
            growth=growth_of(found),
        )
        write_reports(record, directory)
        write_whole(to_json(record), directory / RECORD_NAME)
    return record, config.results_directory / run_id


def _measure_at(
    rows: int,
    experiment: Experiment,
    *,
    mode: LatencyMode,
    target: Target,
    config: Config,
    observer: Observer,
) -> MeasuredSize:
    """Measure the experiment on a database, a cache and an API of its own, then explain it."""
    settings = stack_settings(config, [experiment])
    with temporary_stack.scratch(
        settings, rows=rows, seed=config.seed, progress=observer.note
    ) as apart:
        there = _target(apart, beside=target)
        with served(experiment, target=there, note=observer.note) as ready:
            findings = check(experiment, target=ready).findings
        for finding in findings:
            raise MeasurementError(
                f"{finding.variant}: {finding.problem} at {rows:,} rows", fix=finding.fix
            )
        measured = measure_one(
            experiment,
            mode=mode,
            target=there,
            config=config,
            observer=observer,
        )
        with served(experiment, target=there, note=observer.note) as ready:
            explained = explained_variants(experiment, target=ready)
    return MeasuredSize(measured=measured, explained=explained)


def _target(apart: RunningStack, *, beside: Target) -> Target:
    """The API apart; its database is one more on the server of the stack beside it."""
    processes = {
        server.name: server.pid or beside.processes.get(server.name) for server in apart.servers
    }
    return replace(
        target_of(apart),
        processes={name: pid for name, pid in processes.items() if pid is not None},
    )
