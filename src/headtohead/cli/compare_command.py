"""Two git revisions head to head: compare."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from headtohead.cli.application import app, console, errors
from headtohead.cli.options import (
    FEWEST_ROUNDS,
    AsJson,
    Cookies,
    Head,
    Headers,
    sending,
    with_settings,
)
from headtohead.cli.project import read_config, read_project, read_project_or_none
from headtohead.cli.reports import write_reports
from headtohead.cli.run_commands import show_run
from headtohead.errors import ConfigurationError, ExitCode
from headtohead.records.run import UntimedEndpoint

DEFAULT_ROUNDS = 8


@app.command()
@with_settings("start", "budget", "margin", "control", "rows", "seed", "results")
def compare(
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="[BASE]",
            help="A branch, tag or commit. Default: where HEAD left the default branch; on that "
            "branch HEAD, where there are changes, or else HEAD~1.",
        ),
    ] = None,
    head: Head = None,
    *,
    experiments: Annotated[
        list[str] | None,
        typer.Option("--experiment", help="Ask this experiment's request; may be repeated."),
    ] = None,
    paths: Annotated[
        list[str] | None,
        typer.Option("--path", help="Ask for this path; may be repeated."),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="HTTP method of the requests to each --path.")
    ] = "GET",
    body: Annotated[
        str | None,
        typer.Option("--body", help="Body of those requests, or @FILE; JSON unless a header says."),
    ] = None,
    headers: Headers = None,
    cookies: Cookies = None,
    openapi: Annotated[
        bool,
        typer.Option("--openapi", help="Ask every GET operation of the OpenAPI document of HEAD."),
    ] = False,
    parameters: Annotated[
        Path | None,
        typer.Option(help="TOML or JSON file of values for the operations' path parameters."),
    ] = None,
    rounds: Annotated[
        int,
        typer.Option(
            min=FEWEST_ROUNDS,
            help="How often the servers of both revisions are restarted: one process may be faster "
            "than another by luck, so a verdict has to hold over several.",
        ),
    ] = DEFAULT_ROUNDS,
    as_json: AsJson = False,
    **flags: Any,
) -> None:
    """Compare two git revisions of the project: which endpoints became faster or slower, and why.

    Each gets servers, a database with the same rows and a cache of its own. Without further flags
    the GET requests of all experiments are asked, served as users get them, or else what the
    OpenAPI document or the URLconf names, as far as three minutes go. The budget is that of each
    endpoint, all rounds together. What requests write is thrown away with the copies.

    Example: h2h compare main
    Example: h2h compare main --path /api/products/
    """
    from headtohead.cli.progress import watching  # noqa: PLC0415 (slow to import)
    from headtohead.compare.compare_revisions import compare as carry_out  # noqa: PLC0415 (slow to import)
    from headtohead.compare.endpoints import (  # noqa: PLC0415 (slow to import)
        HEAD,
        ComparedEndpoint,
        distinct,
        endpoints_at,
        endpoints_of,
        read_body,
    )
    from headtohead.compare.finding import (  # noqa: PLC0415 (slow to import)
        MEASURED_SECONDS,
        ServedSides,
        find_endpoints,
    )
    from headtohead.compare.openapi import (  # noqa: PLC0415 (slow to import)
        operations_at,
        read_parameters,
    )

    if parameters and not openapi:
        raise ConfigurationError("--parameters means nothing alone", fix="add --openapi")
    if (method != "GET" or body is not None) and not paths:
        raise ConfigurationError("--method and --body mean nothing alone", fix="add --path")
    with watching(errors if as_json else console) as watch:
        named: Sequence[ComparedEndpoint] = ()
        if experiments or not (paths or openapi):
            read = read_project if experiments else read_project_or_none
            config, registry = read(**flags, mode="latency")
            declared = registry.select_timed(experiments or [])
            named = endpoints_of(declared, note=watch.note)
        else:
            config = read_config(**flags, mode="latency")
        config = sending(config, headers=headers, cookies=cookies)
        content = None if body is None else read_body(body, headers=config.headers)
        at_paths = endpoints_at(paths or [], method=method.upper(), body=content)
        named = distinct([*named, *at_paths])
        given = read_parameters(parameters) if parameters else {}

        def choose(
            served: ServedSides,
        ) -> tuple[Sequence[ComparedEndpoint], Sequence[UntimedEndpoint]]:
            if openapi:
                found, untimed = operations_at(
                    served.urls[HEAD], config.openapi, given=given, headers=served.headers[HEAD]
                )
                return distinct([*named, *endpoints_at(found)]), untimed
            return named or find_endpoints(
                served,
                document=config.openapi,
                seconds=MEASURED_SECONDS,
                budget=config.budget,
                say=watch.say,
            ), ()

        record, folder = carry_out(
            base,
            head,
            choose=choose,
            rounds=rounds,
            config=config,
            note=watch.note,
            say=watch.say,
            write_reports=write_reports,
        )
    show_run(record, folder, as_json=as_json)
    if not record.valid:
        raise typer.Exit(ExitCode.INVALID_MEASUREMENT)
