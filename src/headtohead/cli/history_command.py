"""How effects develop over commits: history add, show, changes, publish."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headtohead.cli.application import app, console, note, print_json, say
from headtohead.cli.options import AsJson
from headtohead.cli.project import read_config, require_output
from headtohead.config import help_of
from headtohead.errors import ConfigurationError
from headtohead.host.files import write_whole
from headtohead.records.run import read_record

if TYPE_CHECKING:
    from headtohead.ci.history.series import Series

history = typer.Typer(help="How every endpoint's effect against one revision develops.")
app.add_typer(history, name="history")

_File = Annotated[Path | None, typer.Option("--file", help=help_of("history"))]
_Subjects = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ENDPOINT]...", help="Endpoints by name; all when none is given."),
]


@history.command("add")
def add_run(
    run: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="A comparison's folder. Default results/latest."),
    ] = None,
    *,
    file: _File = None,
    as_json: AsJson = False,
) -> None:
    """Add a comparison of a commit with the anchor: a line for each endpoint.

    The first comparison's base is the anchor from then on. Adding one again changes nothing.

    Example: h2h compare v1.0 main && h2h history add
    """
    from headtohead.ci.history.adding import add  # noqa: PLC0415 (slow to import)

    config = read_config()
    record = read_record(run or config.results_directory / "latest")
    path = file or config.history_path
    added = add(record, path=path, root=config.root)
    if as_json:
        print_json({"file": path, "added": [asdict(entry) for entry in added]})
    else:
        lines = "1 line" if len(added) == 1 else f"{len(added)} lines"
        say(f"Added {lines} to {os.path.relpath(path)}.")


@history.command()
def show(
    names: _Subjects = None,
    *,
    file: _File = None,
    page: Annotated[
        Path | None, typer.Option(help="Write it as an HTML page with pictures, too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show where every endpoint stands; with endpoints named, their every measurement.

    Example: h2h history show product-list --page history.html
    """
    from headtohead.ci.history import report  # noqa: PLC0415 (slow to import)
    from headtohead.report import html, terminal  # noqa: PLC0415 (slow to import)

    if page:
        require_output(page, is_own=report.is_page)
    series, damaged = _read(names or [], file=file)
    if page:
        write_whole(html.render(report.page(series, damaged=damaged)), page)
    if as_json:
        print_json({"series": [asdict(each) for each in series], "damaged": damaged})
    else:
        brief = report.measurements(series) if names else report.overview(series)
        terminal.render(brief, console=console)


@history.command()
def changes(names: _Subjects = None, *, file: _File = None, as_json: AsJson = False) -> None:
    """Find the commits from which on an endpoint was faster or slower.

    Example: h2h history changes
    """
    from headtohead.ci.history import report  # noqa: PLC0415 (slow to import)
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    series, damaged = _read(names or [], file=file)
    if as_json:
        print_json({"changes": [_step(each) for each in series], "damaged": damaged})
    else:
        terminal.render(report.changes(series), console=console)


@history.command()
def publish(*, file: _File = None, as_json: AsJson = False) -> None:
    """Write the history into PostgreSQL tables, for Grafana, in place of what they held of it.

    Example: h2h history publish
    """
    from headtohead.ci.history.publishing import publish as carry_out  # noqa: PLC0415
    from headtohead.publish.publish_runs import database_url  # noqa: PLC0415 (slow to import)

    series, damaged = _read([], file=file)
    carry_out(series, url=database_url(read_config()))
    lines = sum(len(each.entries) for each in series)
    if as_json:
        print_json({"published": lines, "damaged": damaged})
    else:
        say(f"Published {lines} measurements.")


def _read(
    names: Sequence[str], *, file: Path | None
) -> "tuple[tuple[Series, ...], tuple[str, ...]]":
    """The series of that name, or all; what is lost of the file is said, and returned."""
    from headtohead.ci.history.history_file import read_history  # noqa: PLC0415 (slow to import)
    from headtohead.ci.history.report import damage_sentence  # noqa: PLC0415 (slow to import)
    from headtohead.ci.history.series import series_of  # noqa: PLC0415 (slow to import)

    path = file or read_config().history_path
    found = read_history(path)
    damaged = tuple(damage_sentence(each, path=os.path.relpath(path)) for each in found.damaged)
    for sentence in damaged:
        note(sentence)
    known = dict.fromkeys(entry.subject for entry in found.entries)
    for name in names:
        if name not in known:
            raise ConfigurationError(
                f"the history has no endpoint {name!r}", fix=f"known: {', '.join(sorted(known))}"
            )
    kept = [entry for entry in found.entries if not names or entry.subject in names]
    return series_of(kept), damaged


def _step(series: "Series") -> dict[str, Any]:
    return {
        "subject": series.subject,
        "metric": series.metric,
        "anchor": series.anchor,
        "changes": [
            {
                "commit": step.entry.commit,
                "after": step.previous.commit,
                **asdict(step.change),
            }
            for step in series.steps
        ],
    }
