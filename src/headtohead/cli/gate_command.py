"""Pass or fail for CI: gate."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from headtohead.cli.application import app, console, errors, say, write_json
from headtohead.cli.options import AsJson
from headtohead.cli.project import read_project_or_none, select_runnable
from headtohead.cli.reports import write_reports


@app.command()
def gate(
    base: Annotated[
        str,
        typer.Argument(metavar="BASE", help="A branch, tag or commit to compare with."),
    ],
    *,
    paths: Annotated[
        list[str] | None,
        typer.Option("--path", help="Ask for this path, too; may be repeated."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder for the page and CI's reports. Default results/gate."),
    ] = None,
    to_stdout: AsJson = False,
) -> None:
    """Judge the working tree for CI: its checks, and how fast it is beside a revision.

    What fails, what warns and what is let pass is in [tool.headtohead.gate]. The page and the
    reports for GitHub, GitLab and others (JUnit) are written into a folder; under GitHub Actions
    annotations and the job's summary are, too.

    Example: h2h gate origin/main
    Example: h2h gate origin/main --path /api/products/
    """
    from headtohead.ci.gate import github, report  # noqa: PLC0415 (slow to import)
    from headtohead.ci.gate.gate_working_tree import gate as carry_out  # noqa: PLC0415 (slow to import)
    from headtohead.ci.gate.policy import read_policy  # noqa: PLC0415 (slow to import)
    from headtohead.ci.gate.write_files import PAGE_NAME, as_json, require_folder, write_gate  # noqa: PLC0415 (slow to import)
    from headtohead.cli.progress import watching  # noqa: PLC0415 (slow to import)
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    config, registry = read_project_or_none(mode="latency")
    policy = read_policy(config.gate).asking(paths or ())
    folder = output or config.results_directory / "gate"
    require_folder(folder)
    with watching(errors if to_stdout else console) as watch:
        judged, record = carry_out(
            base,
            runnable=select_runnable([], config=config, registry=registry),
            declared=registry.select_timed([]),
            policy=policy,
            config=config,
            note=watch.note,
            say=watch.say,
            write_reports=write_reports,
        )
    write_gate(judged, record, folder)
    if to_stdout:
        write_json(as_json(judged))
    else:
        terminal.render(report.brief(judged), console=console)
        say(f"Page {os.path.relpath(folder)}/{PAGE_NAME}")
    if os.environ.get("GITHUB_ACTIONS") == "true" and not to_stdout:
        for line in github.annotations(judged):
            sys.stdout.write(f"{line}\n")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        add_to_summary(report.render(judged, record), Path(summary))
    raise typer.Exit(judged.exit_code)


def add_to_summary(text: str, path: Path) -> None:
    """Add a page to GitHub's file, in one go, and leave what else is in it as it is."""
    with path.open("ab", buffering=0) as file:
        file.write(text.encode())
