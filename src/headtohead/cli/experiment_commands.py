"""Experiments without a clock: list and check."""

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from headtohead.cli.application import app, console, note, print_json
from headtohead.cli.options import AsJson, Names, with_settings
from headtohead.cli.project import read_project, select_runnable
from headtohead.errors import CheckFailedError
from headtohead.experiment import Request, Server
from headtohead.stack import lifecycle
from headtohead.stack.settings import stack_settings

if TYPE_CHECKING:
    from headtohead.check.outcome import Outcome


@app.command("list")
def list_experiments(*, names: Names = None, as_json: AsJson = False) -> None:
    """Show the experiments; with --json every variant's full request.

    Example: h2h list --json
    """
    config, registry = read_project()
    selected = registry.select(names or [])
    running = lifecycle.status(stack_settings(config))
    if as_json:
        print_json(
            {
                "base_url": running.api_url if running else None,
                "experiments": [
                    {
                        "name": experiment.name,
                        "question": experiment.question,
                        "needs": experiment.needs,
                        "baseline": experiment.baseline.name,
                        "timed": experiment.timed,
                        "variants": [
                            {
                                "name": variant.name,
                                "selector": variant.selector,
                                "server": _server(experiment.server_of(variant)),
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
    headers = ("experiment", "baseline → variants", "question")
    # A long name is folded: whoever needs it for another command needs all of it.
    columns = (Column(each, overflow="fold") for each in headers)
    table = Table(*columns, box=None, pad_edge=False)
    for experiment in selected:
        variants = ", ".join(variant.name for variant in experiment.variants)
        table.add_row(
            experiment.name, f"{experiment.baseline.name} → {variants}", experiment.question
        )
    console.print(table)


@app.command()
@with_settings("url")
def check(
    *,
    names: Names = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write the snapshot of the SQL again.")
    ] = False,
    as_json: AsJson = False,
    **flags: Any,
) -> None:
    """Check what needs no clock: equal bodies, the SQL, and that it does not grow with the rows.

    Example: h2h check product-list
    """
    from headtohead.check import check_experiments  # noqa: PLC0415 (slow to import)
    from headtohead.check.report import brief  # noqa: PLC0415 (slow to import)
    from headtohead.report import terminal  # noqa: PLC0415 (slow to import)

    config, registry = read_project(**flags)
    selected = select_runnable(names or [], config=config, registry=registry)
    outcome = check_experiments.check(
        selected,
        config=config,
        update=update,
        whole=not names and len(selected) == len(registry.select_timed([])),
        note=note,
    )
    if as_json:
        print_json(_check_outcome(outcome))
    else:
        terminal.render(brief(outcome), console=console)
    if outcome.findings:
        first, *others = outcome.findings
        more = f" (and {len(others)} more)" if others else ""
        raise CheckFailedError(f"{first.variant}: {first.problem}{more}", fix=first.fix)


def _check_outcome(outcome: "Outcome") -> dict[str, Any]:
    return {
        "findings": [asdict(finding) for finding in outcome.findings],
        "queries": {
            name: {
                variant: each.timing.queries if each.timing else None
                for variant, each in preflight.answers.items()
            }
            for name, preflight in outcome.preflights.items()
        },
        "snapshot": asdict(outcome.comparison) if outcome.comparison else None,
        "doubling": asdict(outcome.doubling) if outcome.doubling else None,
    }


def _server(server: Server | None) -> dict[str, Any] | None:
    """What a variant needs to be served by; None where the API at the base URL serves it."""
    if server is None:
        return None
    return {each.name: getattr(server, each.name) for each in fields(server)} | {
        "environment": dict(server.environment)
    }


def _recipe(request: Request) -> dict[str, Any]:
    given = {each.name: getattr(request, each.name) for each in fields(request)}
    return {**given, "headers": dict(request.headers)}
