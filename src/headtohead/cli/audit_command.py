"""What experiments show beside time: audit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headtohead.cli.application import app, console, note, write_json
from headtohead.cli.options import AsJson, Names
from headtohead.cli.project import read_project, require_output, select_runnable
from headtohead.errors import CheckFailedError
from headtohead.host.files import write_whole
from headtohead.records.store import to_json

if TYPE_CHECKING:
    from headtohead.audit.record import AuditRecord


@app.command()
def audit(
    *,
    names: Names = None,
    output: Annotated[
        Path | None, typer.Option(help="File that keeps the facts, as JSON.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find out what experiments show beside time, such as updates lost when many write at once.

    Example: h2h audit stock-update
    """
    from headtohead.audit import audit_experiments  # noqa: PLC0415 (slow to import)
    from headtohead.audit.record import is_audit  # noqa: PLC0415 (slow to import)
    from headtohead.audit.report import brief  # noqa: PLC0415
    from headtohead.report import terminal  # noqa: PLC0415

    if output is not None:
        require_output(output, is_own=is_audit)
    config, registry = read_project()
    selected = select_runnable(names or [], config=config, registry=registry, timed=False)
    for experiment in selected if names else ():
        if experiment.audit is None:
            note(f"{experiment.name} declares no audit")
    record = audit_experiments.audit(selected, config=config, note=note)
    if output is not None:
        write_whole(to_json(record), output)
    if as_json:
        write_json(to_json(record))
    else:
        terminal.render(brief(record), console=console)
    _require_expected(record)


def _require_expected(record: "AuditRecord") -> None:
    from headtohead.audit.record import value_in_words  # noqa: PLC0415 (slow to import)

    if not record.failures:
        return
    (variant, fact), *others = record.failures
    more = f" (and {len(others)} more)" if others else ""
    raise CheckFailedError(
        f"{variant.identity}: {fact.name} {value_in_words(fact)}, "
        f"expected {fact.expected or 'otherwise'}{more}",
        fix="fix the variant, or the audit that expects it",
    )
