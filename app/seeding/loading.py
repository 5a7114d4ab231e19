"""Replacing the rows of tables through COPY, with their indexes out of the way."""

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model


@dataclass(frozen=True, kw_only=True)
class Table:
    """New rows for a table.

    Attributes:
        model: The table's model; its first column is ``id``.
        columns: The columns in the order of the lines.
        blocks: Lines in COPY's text format, ids ascending, many to a block.
    """

    model: type[Model]
    columns: tuple[str, ...]
    blocks: Iterable[str]

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading a table came to.

    Attributes:
        rows: How many rows it has now.
        seconds: How long that took, indexes and foreign keys included.
    """

    rows: int
    seconds: float


def replace_rows(
    tables: Sequence[Table], *, emptied: Sequence[type[Model]] = ()
) -> dict[type[Model], Loaded]:
    """Replace all rows of the tables in one transaction, so that nobody ever sees half of them.

    Args:
        tables: The tables, those referred to before those that refer to them.
        emptied: Tables that lose their rows and get none.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_names([*(each.model for each in tables), *emptied])}")
        loaded = {table.model: _load(cursor, table) for table in tables}
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {_names(each.model for each in tables)}")
    return loaded


def _load(cursor: CursorWrapper, table: Table) -> Loaded:
    started = time.perf_counter()
    with _indexes_dropped(cursor, table.name):
        # Rows of a table truncated in the same transaction may be frozen, which spares the first
        # readers the work of marking them visible.
        copy = f'COPY "{table.name}" ({", ".join(table.columns)}) FROM STDIN (FREEZE)'
        with connection.wrap_database_errors:
            cursor.copy_expert(copy, _BlockReader(table.blocks))
        rows = cursor.rowcount
    cursor.execute(
        f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{table.name}\"",  # noqa: S608
        [table.name],
    )
    return Loaded(rows=rows, seconds=time.perf_counter() - started)


@contextmanager
def _indexes_dropped(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Drop what would be maintained row by row, and make it again as it was, all at once."""
    constraints = _definitions(
        cursor,
        """
        SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC, conname
        """,
        table,
    )
    indexes = _definitions(
        cursor,
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass AND NOT indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        ORDER BY indexrelid
        """,
        table,
    )
    for name in constraints:
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT {name}')
    for name in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for definition in indexes.values():
        cursor.execute(definition)
    for name, definition in constraints.items():
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT {name} {definition}')


def _definitions(cursor: CursorWrapper, query: str, table: str) -> dict[str, str]:
    cursor.execute(query, [f'"{table}"'])
    return dict(cursor.fetchall())


def _names(models: Iterable[type[Model]]) -> str:
    return ", ".join(f'"{model._meta.db_table}"' for model in models)


class _BlockReader(io.RawIOBase):
    """Hands COPY one block at a read, so that rows are made while the database takes the last."""

    def __init__(self, blocks: Iterable[str]) -> None:
        # An empty block would read as the end of all.
        self._blocks = filter(None, blocks)

    def read(self, size: int = -1) -> bytes:
        return next(self._blocks, "").encode()
