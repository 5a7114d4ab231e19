"""The facts of an audit, for whoever ran it."""

from headtohead.audit.record import AuditRecord, value_in_words
from headtohead.report.document import Brief, Cell, Column, Kind, Table, Tone


def brief(record: AuditRecord) -> Brief:
    """A table of all facts, variant by variant."""
    columns = (
        Column("Variant", Kind.NAME),
        Column("Fact", Kind.WORDS),
        Column("Value"),
        Column("Expected", Kind.WORD),
        Column("", Kind.WORD),
    )
    rows = tuple(
        (
            Cell(variant.identity),
            Cell(fact.name),
            Cell(value_in_words(fact)),
            Cell(fact.expected),
            _judgement(expected=fact.expected, holds=fact.holds),
        )
        for variant in record.variants
        for fact in variant.facts
    )
    return Brief(
        title=f"headtohead audit {record.started_at:%Y-%m-%d %H:%M}",
        parts=(Table(columns=columns, rows=rows),),
    )


def _judgement(*, expected: str, holds: bool) -> Cell:
    return Cell("holds" if expected else "") if holds else Cell("fails", Tone.ALERT)
