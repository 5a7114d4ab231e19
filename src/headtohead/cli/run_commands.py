"""Measuring and reporting: run, aa, report."""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from headtohead.analysis.results import CLAIMS
from headtohead.cli.application import app, console, errors, note, say, write_html, write_json
from headtohead.cli.options import AsJson, Names, with_settings
from headtohead.cli.project import read_project, select_runnable
from headtohead.cli.reports import Format, explain_run, rendered, write_reports
from headtohead.config import Config
from headtohead.errors import ExitCode, InterruptedCommandError, MeasurementError
from headtohead.experiment import Experiment
from headtohead.records.run import Run, read_record
from headtohead.records.store import to_json


@app.command("run")
@with_settings(
    *("mode", "users", "block", "workers", "remote_workers", "master_bind", "worker_wait"),
    *("rate", "arrivals", "budget", "margin", "early_stop", "control", "explain", "background"),
    *("rows", "seed", "results", "publish", "metrics_port", "url"),
)
def run_experiments(*, names: Names = None, as_json: AsJson = False, **flags: Any) -> None:
    """Measure experiments head to head and print the verdicts.

    Example: h2h run product-list --budget 20
    Example: h2h run product-list --explain
    Example: h2h run product-list --mode throughput --users 8 --workers 2
    Example: h2h run product-list --mode open --rate 20 --block 1 --budget 30
    Example: h2h run product-list --background shop:20
    """
    _measure(names, as_json=as_json, **flags)


@app.command("aa")
@with_settings("budget", "margin", "early_stop", "rows", "seed", "results", "url")
def measure_against_itself(*, names: Names = None, as_json: AsJson = False, **flags: Any) -> None:
    """Measure baselines against themselves: whoever finds a difference here finds them anywhere.

    Example: h2h aa product-list
    """
    record = _measure(names, as_json=as_json, against_itself=True, mode="latency", **flags)
    for experiment in record.experiments:
        for comparison in experiment.comparisons:
            if comparison.verdict in CLAIMS:
                raise MeasurementError(
                    f"{experiment.name}: {comparison.baseline} differs from itself by"
                    f" {abs(comparison.ratio - 1) * 100:.2g} %",
                    fix="trust no verdict of this machine before the cause is found",
                )


@app.command()
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder or its run.json.")],
    *,
    format: Annotated[  # noqa: A002 (the flag's name)
        Format, typer.Option(help="What to print.")
    ] = Format.TERMINAL,
    as_json: AsJson = False,
) -> None:
    """Print a report of a finished run again, from its record.

    Example: h2h report results/latest --format markdown
    """
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)
    from headtohead.report.run_brief import brief  # noqa: PLC0415 (slow to import)

    record = read_record(run)
    if format is Format.TERMINAL and not as_json:
        terminal.render(brief(record), console=console)
    else:
        form = Format.JSON if as_json else format
        folder = run if run.is_dir() else run.parent
        {Format.JSON: write_json, Format.HTML: write_html}.get(form, sys.stdout.write)(
            rendered(record, form=form, folder=folder)
        )


def _measure(
    names: list[str] | None, *, as_json: bool, against_itself: bool = False, **flags: Any
) -> Run:
    """Measure, write record and reports, show what was found and publish it where that is asked."""
    from headtohead.cli.progress import watching  # noqa: PLC0415 (slow to import)
    from headtohead.publish.publish_runs import publishing  # noqa: PLC0415 (slow to import)
    from headtohead.run.run_experiments import run  # noqa: PLC0415 (slow to import)
    from headtohead.stack.target import open_target  # noqa: PLC0415 (slow to import)

    config, registry = read_project(**flags)
    selected = select_runnable(names or [], config=config, registry=registry)
    # A baseline against itself would stand among the answers as one.
    publishes = config.publish and not against_itself
    with ExitStack() as resources:
        publish = resources.enter_context(publishing(config, progress=note)) if publishes else None
        with watching(errors if as_json else console) as watch:
            if config.explain and not against_itself:
                # Servers that are started for the run have to outlast it.
                target = open_target(config, progress=watch.note, experiments=selected)
                resources.enter_context(target)
            record, folder = run(
                selected,
                config=config,
                observer=watch,
                write_reports=write_reports,
                against_itself=against_itself,
            )
        show_run(record, folder, as_json=as_json)
        if config.explain and not against_itself:
            _explain(record, folder, experiments=selected, config=config)
        if publish:
            publish([record])
    if not record.valid:
        raise typer.Exit(ExitCode.INVALID_MEASUREMENT)
    return record


def show_run(record: Run, folder: Path, *, as_json: bool) -> None:
    """Print what was found, and where it is kept."""
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)
    from headtohead.report.run_brief import brief  # noqa: PLC0415 (slow to import)

    if as_json:
        write_json(to_json(record))
        return
    terminal.render(brief(record), console=console)
    latest = os.path.relpath(folder.parent / "latest")
    say(f"Record {latest}/run.json, report {latest}/report.html")


def _explain(
    record: Run, folder: Path, *, experiments: Sequence[Experiment], config: Config
) -> None:
    """Explain a run that is recorded already, so that nothing which goes wrong here loses it."""
    try:
        explain_run(record, folder, experiments=experiments, config=config, note=note)
    except KeyboardInterrupt:
        raise InterruptedCommandError(
            "interrupted; the run is recorded but not explained",
            fix=f"`h2h explain --run {os.path.relpath(folder)}` does that",
        ) from None
