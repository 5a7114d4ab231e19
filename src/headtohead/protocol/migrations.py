"""What a project's migrations are, and which of them a database has, as the project says it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

# Begins the answer, whatever the project prints before it.
MARK = "\x1eh2h migrations "


@dataclass(frozen=True, kw_only=True)
class Migration:
    """A migration, called ``app.name``.

    Attributes:
        replaces: The migrations that it was squashed from.
        digest: Of what it does; empty for one of an installed package.
        only_rows: Whether it changes rows and no table.
        makes: Tables and columns that it makes, as ``app.model`` and ``app.model.field``.
    """

    replaces: tuple[str, ...]
    digest: str
    only_rows: bool
    makes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A project's migrations beside a database.

    Attributes:
        migrations: Those of the project's files, by name.
        applied: Names of those that the database has.
    """

    migrations: Mapping[str, Migration]
    applied: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """Names that the project knows, of its files or of what these replace."""
        replaced = (name for each in self.migrations.values() for name in each.replaces)
        return frozenset({*self.migrations, *replaced})


def to_line(schemas: Mapping[str, Schema]) -> str:
    """The answer: a schema for each alias."""
    told = {alias: asdict(each) for alias, each in schemas.items()}
    return MARK + json.dumps(told, default=sorted)


def from_output(output: str) -> dict[str, Schema]:
    """Read what the project printed; nothing without an answer in it."""
    _, found, line = output.rpartition(MARK)
    given = json.loads(line) if found else {}
    return {
        alias: Schema(
            migrations={
                name: Migration(
                    replaces=tuple(one["replaces"]),
                    digest=one["digest"],
                    only_rows=one["only_rows"],
                    makes=tuple(one["makes"]),
                )
                for name, one in each["migrations"].items()
            },
            applied=frozenset(each["applied"]),
        )
        for alias, each in given.items()
    }
