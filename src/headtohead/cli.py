"""The command line: reads flags, calls what does the work, and turns errors into exit codes."""

import json
import os
import signal
import sys
from dataclasses import asdict, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from headtohead import __version__, stack
from headtohead.config import Config, help_of, load_config
from headtohead.errors import CheckFailedError, ExitCode, HeadToHeadError, MeasurementError
from headtohead.experiment import Request
from headtohead.measurement import CLAIMS, Run, read_record, to_json
from headtohead.registry import Registry, load_experiments
from headtohead.run.target import open_target, stack_settings

app = typer.Typer(
    help="Two ways to serve the same request, head to head: effect, interval, verdict, reason.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
errors = Console(stderr=True)


def _flag(name: str, *declarations: str) -> Any:
    return typer.Option(
        *(declarations or [f"--{name.replace('_', '-')}"]), help=help_of(name), show_default=False
    )


Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[EXPERIMENT]...", help="Experiments by name; all when none is given."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Url = Annotated[str | None, _flag("url")]
Rows = Annotated[int | None, _flag("rows")]
Seed = Annotated[int | None, _flag("seed")]
Port = Annotated[int | None, _flag("port")]
Workers = Annotated[int | None, _flag("workers")]
Budget = Annotated[float | None, _flag("budget")]
Margin = Annotated[float | None, _flag("margin")]
Mode = Annotated[str | None, _flag("mode")]
Users = Annotated[str | None, _flag("users")]
Block = Annotated[float | None, _flag("block")]
EarlyStop = Annotated[bool | None, _flag("early_stop", "--early-stop/--no-early-stop")]
Control = Annotated[bool | None, _flag("control", "--control/--no-control")]
Results = Annotated[Path | None, _flag("results")]


class Format(StrEnum):
    """What a record can be rendered as."""

    TERMINAL = "terminal"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"


@app.command("list")
def list_experiments(*, names: Names = None, as_json: AsJson = False) -> None:
    """Show the experiments; with --json every variant's full request.

    Example: h2h list --json
    """
    config, registry = _project()
    selected = registry.select(names or [])
    running = stack.status(stack_settings(config))
    if as_json:
        _print_json(
            {
                "base_url": running.api_url if running else None,
                "experiments": [
                    {
                        "name": experiment.name,
                        "question": experiment.question,
                        "baseline": experiment.baseline.name,
                        "variants": [
                            {
                                "name": variant.name,
                                "selector": variant.selector,
                                "request": _recipe(
                                    experiment.request_for(
                                        variant, token=running.token if running else None
                                    )
                                ),
                            }
                            for variant in experiment.all_variants
                        ],
                    }
                    for experiment in selected
                ],
            }
        )
        return
    table = Table("experiment", "baseline → variants", "question", box=None, pad_edge=False)
    for experiment in selected:
        variants = ", ".join(variant.name for variant in experiment.variants)
        table.add_row(
            experiment.name, f"{experiment.baseline.name} → {variants}", experiment.question
        )
    console.print(table)


@app.command()
def up(
    *, rows: Rows = None, port: Port = None, workers: Workers = None, as_json: AsJson = False
) -> None:
    """Start PostgreSQL, Valkey and the API, and leave them running.

    Example: h2h up --port 8000
    """
    settings = stack_settings(_config(rows=rows, port=port, workers=workers))
    _show_stack(stack.up(settings, progress=errors.print), as_json=as_json)


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show what runs, where it answers and where its logs are.

    Example: h2h status
    """
    running = stack.status(stack_settings(_config()))
    if running:
        _show_stack(running, as_json=as_json)
    elif as_json:
        _print_json({"up": False})
    else:
        console.print("Nothing is running; `h2h up` starts the stack.")


@app.command()
def down(*, as_json: AsJson = False) -> None:
    """Stop what `h2h up` started; data stays for the next time.

    Example: h2h down
    """
    stopped = stack.down(stack_settings(_config()))
    if as_json:
        _print_json({"stopped": stopped})
    else:
        console.print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command()
def seed(*, rows: Rows = None, seed: Seed = None, as_json: AsJson = False) -> None:
    """Replace all rows: the same rows for the same seed.

    Example: h2h seed --rows 20000
    """
    config = _config(rows=rows, seed=seed)
    with open_target(config, progress=errors.print):
        output = stack.seed(stack_settings(config), rows=config.rows, seed=config.seed)
    if as_json:
        _print_json({"rows": config.rows, "seed": config.seed, "output": output.splitlines()})
    else:
        console.print(output.strip(), highlight=False)


@app.command()
def check(*, names: Names = None, url: Url = None, as_json: AsJson = False) -> None:
    """Check what needs no clock: equal bodies, variants applied, queries counted.

    Example: h2h check product-list
    """
    from headtohead.run.preflight import check as preflight  # noqa: PLC0415 (slow to import)

    config, registry = _project(url=url)
    selected = registry.select(names or [])
    with open_target(config, progress=errors.print) as target:
        outcomes = {
            each.name: preflight(each, base_url=target.base_url, token=target.token)
            for each in selected
        }
    findings = [finding for outcome in outcomes.values() for finding in outcome.findings]
    if as_json:
        _print_json(
            {
                "findings": [asdict(finding) for finding in findings],
                "queries": {
                    name: {
                        variant: each.timing.queries for variant, each in outcome.answers.items()
                    }
                    for name, outcome in outcomes.items()
                },
            }
        )
    else:
        for name, outcome in outcomes.items():
            queries = ", ".join(
                f"{variant} {each.timing.queries}" for variant, each in outcome.answers.items()
            )
            console.print(f"{name}: queries {queries}", highlight=False)
    if findings:
        first, *others = findings
        more = f" (and {len(others)} more)" if others else ""
        raise CheckFailedError(f"{first.variant}: {first.problem}{more}", fix=first.fix)


@app.command("run")
def run_experiments(
    *,
    names: Names = None,
    mode: Mode = None,
    users: Users = None,
    block: Block = None,
    budget: Budget = None,
    margin: Margin = None,
    early_stop: EarlyStop = None,
    control: Control = None,
    rows: Rows = None,
    seed: Seed = None,
    results: Results = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Measure experiments head to head and print the verdicts.

    Example: h2h run product-list --budget 20
    Example: h2h run product-list --mode throughput --users 8
    """
    from headtohead.run.session import run  # noqa: PLC0415 (slow to import)
    from headtohead.run.watch import watching  # noqa: PLC0415 (slow to import)

    config, registry = _project(
        mode=mode,
        users=users,
        block=block,
        budget=budget,
        margin=margin,
        early_stop=early_stop,
        control=control,
        rows=rows,
        seed=seed,
        results=results,
        url=url,
    )
    selected = registry.select(names or [])
    with watching(errors if as_json else console) as watch:
        record, folder = run(selected, config=config, observer=watch, write_reports=_write_reports)
    _show_run(record, folder, as_json=as_json)


@app.command("aa")
def measure_against_itself(
    *,
    names: Names = None,
    budget: Budget = None,
    margin: Margin = None,
    early_stop: EarlyStop = None,
    rows: Rows = None,
    seed: Seed = None,
    results: Results = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Measure baselines against themselves: whoever finds a difference here finds them anywhere.

    Example: h2h aa product-list
    """
    from headtohead.run.session import run  # noqa: PLC0415 (slow to import)
    from headtohead.run.watch import watching  # noqa: PLC0415 (slow to import)

    config, registry = _project(
        mode="latency",
        budget=budget,
        margin=margin,
        early_stop=early_stop,
        rows=rows,
        seed=seed,
        results=results,
        url=url,
    )
    selected = registry.select(names or [])
    with watching(errors if as_json else console) as watch:
        record, folder = run(
            selected,
            config=config,
            observer=watch,
            write_reports=_write_reports,
            against_itself=True,
        )
    _show_run(record, folder, as_json=as_json)
    for experiment in record.experiments:
        for comparison in experiment.comparisons:
            if comparison.verdict in CLAIMS:
                raise MeasurementError(
                    f"{experiment.name}: {comparison.baseline} differs from itself by"
                    f" {abs(comparison.ratio - 1) * 100:.2g} %",
                    fix="trust no verdict of this machine before the cause is found",
                )


@app.command()
def validate(
    *,
    runs: Annotated[int, typer.Option(min=1, help="Trials of each scenario.")] = 20,
    seconds: Annotated[
        float, typer.Option(min=0.5, help="Seconds of requests in a trial; small effects get more.")
    ] = 10.0,
    experiment: Annotated[
        str,
        typer.Option(help="Endpoint to measure against itself, EXPERIMENT or EXPERIMENT/VARIANT."),
    ] = "product-detail/cached",
    scenario: Annotated[
        list[str] | None, typer.Option(help="Take trials of this scenario only; may be repeated.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few short trials: proves that it works, no more.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder of trials and record; by default in the results folder."),
    ] = None,
    seed: Seed = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Try this harness and other tools' rules on equals and on known effects; takes hours.

    Trials that are finished are kept, and the same command goes on where it was stopped.

    Example: h2h validate --runs 300 --scenario aa-quiet --scenario busy-5
    """
    from headtohead.validate import terminal  # noqa: PLC0415 (slow to import)
    from headtohead.validate.output import write_outputs  # noqa: PLC0415 (slow to import)
    from headtohead.validate.scenarios import (  # noqa: PLC0415 (slow to import)
        QUICK_SCENARIOS,
        select_scenarios,
    )
    from headtohead.validate.session import Scope  # noqa: PLC0415 (slow to import)
    from headtohead.validate.session import validate as carry_out  # noqa: PLC0415 (slow to import)
    from headtohead.validate.trial import Subject  # noqa: PLC0415 (slow to import)
    from headtohead.validate.watch import watching  # noqa: PLC0415 (slow to import)

    config, registry = _project(seed=seed, url=url)
    if quick:
        runs, seconds, scenario = 3, 2.0, [*(scenario or QUICK_SCENARIOS)]
    folder = output or config.results_directory / ("validation-quick" if quick else "validation")
    scope = Scope(
        subject=Subject.named(experiment, registry),
        scenarios=select_scenarios(scenario or []),
        runs=runs,
        seconds=seconds,
    )
    with watching(errors if as_json else console) as watch:
        found = carry_out(
            scope,
            registry=registry,
            config=config,
            output=folder,
            note=watch.note,
            on_progress=watch.update,
        )
        write_outputs(found, folder)
    if as_json:
        from headtohead.validate.record import to_json as validation_to_json  # noqa: PLC0415 (same)

        sys.stdout.write(validation_to_json(found))
    else:
        terminal.render(found, console=console)
        console.print(f"Record {os.path.relpath(folder)}/validation.json", highlight=False)


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
    from headtohead.report import html, markdown, terminal  # noqa: PLC0415 (slow to import)

    record = read_record(run)
    if as_json or format is Format.JSON:
        sys.stdout.write(to_json(record))
    elif format is Format.HTML:
        sys.stdout.write(html.render(record))
    elif format is Format.MARKDOWN:
        sys.stdout.write(markdown.render(record))
    else:
        terminal.render(record, console=console)


@app.callback(invoke_without_command=True)
def _without_command(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        console.print(f"h2h {__version__}", highlight=False)
        raise typer.Exit
    if context.invoked_subcommand is None:
        console.print(context.get_help(), highlight=False)


def main() -> None:
    """Run a command; every expected failure ends in one line and the exit code of its kind."""
    # A cancelled CI job or a closed terminal ends a run as cleanly as Ctrl-C does, unless somebody
    # has asked for it to go on (nohup).
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        code = app(standalone_mode=False)
    except HeadToHeadError as error:
        sys.exit(_fail(str(error), code=error.exit_code))
    except typer.exceptions.TyperException as error:
        code = _fail(error.format_message(), code=ExitCode.USAGE)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.OK
    if code == ExitCode.INTERRUPTED:
        # Typer returns this too, for an interrupt that it sees first.
        _fail("interrupted; nothing was recorded", code=ExitCode.INTERRUPTED)
    sys.exit(code)


def _fail(message: str, *, code: ExitCode) -> ExitCode:
    one_line = " ".join(message.split())
    errors.print(f"h2h: {one_line}", style="red", markup=False, highlight=False, soft_wrap=True)
    return code


def _config(**flags: Any) -> Config:
    return load_config(start=Path.cwd(), environment=os.environ, flags=flags)


def _project(**flags: Any) -> tuple[Config, Registry]:
    config = _config(**flags)
    sys.path.insert(0, str(config.root))
    return config, load_experiments(config.experiments)


def _show_run(record: Run, folder: Path, *, as_json: bool) -> None:
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    if as_json:
        sys.stdout.write(to_json(record))
    else:
        terminal.render(record, console=console)
        latest = os.path.relpath(folder.parent / "latest")
        console.print(f"Record {latest}/run.json, report {latest}/report.html", highlight=False)
    if not record.valid:
        raise typer.Exit(ExitCode.INVALID_MEASUREMENT)


def _write_reports(record: Run, folder: Path) -> None:
    from headtohead.report import html, markdown  # noqa: PLC0415 (slow to import)

    (folder / "report.html").write_text(html.render(record), encoding="utf-8")
    (folder / "report.md").write_text(markdown.render(record), encoding="utf-8")


def _recipe(request: Request) -> dict[str, Any]:
    given = {each.name: getattr(request, each.name) for each in fields(request)}
    return {**given, "headers": dict(request.headers)}


def _show_stack(running: stack.RunningStack, *, as_json: bool) -> None:
    if as_json:
        _print_json({"up": True, **asdict(running)})
        return
    table = Table("server", "version", "address", "log", box=None, pad_edge=False)
    for server in running.servers:
        log = os.path.relpath(server.log) if server.log else "not ours"
        table.add_row(server.name, server.version, server.address, log)
    console.print(table)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")
