"""Experiments without a clock: list and check."""

from dataclasses import asdict, fields
from typing import Any

from rich.table import Table

from headtohead import stack
from headtohead.cli.application import app, console, errors, print_json
from headtohead.cli.options import AsJson, Names, Url
from headtohead.cli.project import read_project
from headtohead.errors import CheckFailedError
from headtohead.experiment import Request
from headtohead.run.target import open_target, stack_settings


@app.command("list")
def list_experiments(*, names: Names = None, as_json: AsJson = False) -> None:
    """Show the experiments; with --json every variant's full request.

    Example: h2h list --json
    """
    config, registry = read_project()
    selected = registry.select(names or [])
    running = stack.status(stack_settings(config))
    if as_json:
        print_json(
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
def check(*, names: Names = None, url: Url = None, as_json: AsJson = False) -> None:
    """Check what needs no clock: equal bodies, variants applied, queries counted.

    Example: h2h check product-list
    """
    from headtohead.run.preflight import check as preflight  # noqa: PLC0415 (slow to import)

    config, registry = read_project(url=url)
    selected = registry.select(names or [])
    with open_target(config, progress=errors.print) as target:
        outcomes = {
            each.name: preflight(each, base_url=target.base_url, token=target.token)
            for each in selected
        }
    findings = [finding for outcome in outcomes.values() for finding in outcome.findings]
    if as_json:
        print_json(
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


def _recipe(request: Request) -> dict[str, Any]:
    given = {each.name: getattr(request, each.name) for each in fields(request)}
    return {**given, "headers": dict(request.headers)}
