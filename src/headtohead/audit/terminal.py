"""The facts of an audit on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from headtohead.audit.record import AuditRecord, value_in_words


def render(record: AuditRecord, *, console: Console) -> None:
    """Print a table of all facts, variant by variant."""
    table = Table(box=None, pad_edge=False)
    table.add_column("variant", no_wrap=True)
    table.add_column("fact")
    table.add_column("value", justify="right", no_wrap=True)
    for header in ("expected", ""):
        table.add_column(header)
    for variant in record.variants:
        for position, fact in enumerate(variant.facts):
            table.add_row(
                Text("" if position else variant.identity),
                Text(fact.name),
                Text(value_in_words(fact)),
                Text(fact.expected),
                _judgement(expected=fact.expected, holds=fact.holds),
            )
    console.print(table)


def _judgement(*, expected: str, holds: bool) -> Text:
    if not holds:
        return Text("fails", style="bold red")
    return Text("holds" if expected else "", style="green")
