"""A whole run: preflight of everything, then one experiment after the other, then the record."""

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from headtohead.check.equal_answers import Preflight, require_preflight
from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.host.cores import available_cores
from headtohead.modes.all_modes import load_mode
from headtohead.modes.latency.mode import LatencyMode
from headtohead.modes.latency.negative_control import BUDGET_SHARE
from headtohead.modes.mode import LoadMode, M, Measured, Observer, without_verdicts_where_invalid
from headtohead.records.provenance import Began
from headtohead.records.recording import run_directory
from headtohead.records.results import ExperimentResult
from headtohead.records.run import SCHEMA_VERSION, Run, write_record
from headtohead.run.background import (
    Background,
    background_caveats,
    background_use,
    chosen_scenario,
    open_background,
)
from headtohead.run.metrics_exporter import exporting
from headtohead.stack.target import Target, open_target
from headtohead.stack.variant_servers import served
from headtohead.validity.comparison import control_caveats
from headtohead.validity.host import host_caveats, machine


def run(
    experiments: Sequence[Experiment],
    *,
    config: Config,
    observer: Observer,
    write_reports: Callable[[Run, Path], None],
    against_itself: bool = False,
) -> tuple[Run, Path]:
    """Measure experiments and write the record.

    Args:
        experiments: What to measure, in this order.
        config: All settings.
        observer: Told of the progress.
        write_reports: Writes what is derived from the record into the run's folder.
        against_itself: Whether to measure each baseline against itself instead.

    Returns:
        The record, and the folder that holds it.

    Raises:
        ConfigurationError: Budget, block or rate do not suit the mode, or workers, background load
            or the address for metrics cannot be had.
        MeasurementError: Variants differ in what they say, or nothing could be measured.
    """
    comparisons = sum(1 if against_itself else len(each.variants) for each in experiments)
    mode = load_mode(config, comparisons_in_run=comparisons, against_itself=against_itself)
    mode.require(config)
    chosen_scenario(config)
    began = Began()
    with (
        run_directory(began.at, results=config.results_directory, note=observer.note) as (
            run_id,
            directory,
        ),
        open_target(config, progress=observer.note, experiments=experiments) as target,
        mode.opened(config, target=target, note=observer.note) as mode,
        exporting(
            config.metrics_host,
            config.metrics_port or target.metrics_port,
            run_id=run_id,
            observer=observer,
        ) as exporter,
        ExitStack() as beside,
    ):
        observer = exporter or observer
        preflights = require_preflight(experiments, target=target, note=observer.note)
        # Not before the preflight: a journey that writes could make answers differ.
        background = beside.enter_context(
            open_background(config, target=target, note=observer.note)
        )
        control = (
            _measure_control(
                # In its part of the budget it takes more pairs than any other would.
                min(experiments, key=lambda each: _baseline_ms(each, preflights[each.name])),
                target=target,
                config=config,
                observer=observer,
            )
            if config.control
            else None
        )
        measured: list[Measured] = []
        for experiment in experiments:
            measured.append(
                measure_one(
                    experiment,
                    mode=mode,
                    target=target,
                    config=config,
                    observer=observer,
                    against_itself=against_itself,
                    background=background,
                )
            )
            if mode.is_broken:
                break
        if control is not None:
            against = tuple(control_caveats(control))
            measured = [each.with_caveats(*against) for each in measured]
        for each in measured:
            each.write_raw(directory)
        record = Run(
            schema=SCHEMA_VERSION,
            run_id=run_id,
            **began.provenance(
                config.root, own=config.own_paths, servers=target.servers, rows=target.rows
            ),
            complete=not mode.is_broken,
            experiments=mode.judged(measured),
            control=control,
        )
        write_reports(record, directory)
        write_record(record, directory)
        if exporter:
            for result in record.experiments:
                exporter.judged(result)
    return record, config.results_directory / run_id


def _baseline_ms(experiment: Experiment, preflight: Preflight) -> float:
    timing = preflight.answers[experiment.baseline.name].timing
    return timing.total_ms if timing else math.inf


def _measure_control(
    experiment: Experiment, *, target: Target, config: Config, observer: Observer
) -> ExperimentResult:
    """The experiment's baseline against itself, in pairs and for a part of the budget."""
    measured = measure_one(
        experiment,
        mode=LatencyMode(comparisons_in_run=1, against_itself=True),
        target=target,
        config=replace(config, budget=config.budget * BUDGET_SHARE),
        observer=observer,
        against_itself=True,
    )
    return without_verdicts_where_invalid(measured.result)


def measure_one(
    experiment: Experiment,
    *,
    mode: LoadMode[M],
    target: Target,
    config: Config,
    observer: Observer,
    against_itself: bool = False,
    background: Background | None = None,
) -> M:
    """Measure one experiment, and judge what became of machine and servers meanwhile."""
    observer.begin(experiment)
    with served(experiment, target=target, note=observer.note, twice=against_itself) as there:
        began = background.look() if background else None
        before = there.sample_host()
        measured = mode.measure(
            experiment,
            target=there,
            config=config,
            seed=config.seed,
            on_progress=observer.update,
        )
        after = there.sample_host()
        ended = background.look() if background else None
    use = machine(before, after, ours=there.is_ours)
    result = replace(measured.result, machine=use, background=background_use(began, ended))
    measured = replace(measured, result=result).with_caveats(
        *host_caveats(before, after, machine=use, cores=len(available_cores())),
        *background_caveats(began, ended),
    )
    observer.end(measured.result)
    return measured
