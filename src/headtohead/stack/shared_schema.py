"""Whether two revisions can have the same rows, by their migrations."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from headtohead.errors import StackError
from headtohead.protocol.migrations import Schema, from_output
from headtohead.revisions.git import folders_up
from headtohead.services.django_project import Project
from headtohead.stack.asked_revisions import Side
from headtohead.stack.isolation import with_databases

# What databases and Django say where a schema is not what a migration expects.
_PARTED = (
    "InconsistentMigrationHistory",
    "already exists",
    "does not exist",
    "no such",
    "duplicate",
)


class UnsharedSchemaError(StackError):
    """Two revisions cannot have the same rows.

    Args:
        why: In a clause.
    """

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the schemas of the two revisions cannot share rows: {why}",
            fix="name rows from before they part as `data` in [tool.headtohead], or let each make "
            'its own: prepare = ["manage.py loaddata demo"]',
        )
        self.why = why


# What entries of DATABASES are to say, by the database's first alias and by the side.
Databases = Mapping[str, Mapping[str, Mapping[str, Any]]]


def bring_to_schemas(
    sides: Sequence[Side],
    projects: Mapping[str, Project],
    *,
    databases: Databases,
    progress: Callable[[str], None],
) -> list[str]:
    """Give every side's copy of the rows the schema of the side's own migrations.

    Args:
        sides: Both.
        projects: Each on its copy.
        databases: The copies.
        progress: Told in a few words what is being done.

    Returns:
        What differs from the rows as they were, a sentence each.

    Raises:
        StackError: A side cannot migrate.
        UnsharedSchemaError: It cannot because the other side's rows have another schema.
    """
    progress("asking the project for its migrations")
    schemas = {
        side.name: schemas_of(
            projects[side.name],
            root=folders_up(side.revision.root)[-1],
            aliases=tuple(dict.fromkeys(side.groups().values())),
        )
        for side in sides
    }
    remarks: dict[str, None] = {}
    for side, other in zip(sides, reversed(sides), strict=True):
        for group, own in schemas[side.name].items():
            theirs = schemas[other.name].get(group, own)
            if why := obstacle(own, theirs):
                raise UnsharedSchemaError(why)
            if names := known_to_none(own, theirs):
                told = f"the rows have had {', '.join(names)}, which neither revision knows"
                remarks[f"{told}: what it changed stays"] = None
            if names := to_undo(own, theirs):
                told = f"{', '.join(names)}, which {side.name} does not know"
                progress(f"undoing {told}")
                undoing = _elsewhere(projects[other.name], other, side, databases=databases)
                try:
                    undoing.ask("migrations.undo", group, *names)
                except StackError as error:
                    why = f"{told}, cannot be undone ({error.problem})"
                    raise UnsharedSchemaError(why) from None
                remarks[f"{side.name}'s copy of the rows is without {told}: it is undone"] = None
        progress(f"migrating {side.name}'s databases")
        try:
            migrate(projects[side.name], side)
        except StackError as error:
            if any(each in error.problem for each in _PARTED):
                raise UnsharedSchemaError(f"{side.name}: {error.problem}") from None
            raise
    return list(remarks)


def schemas_of(project: Project, *, root: Path, aliases: Sequence[str]) -> Mapping[str, Schema]:
    """A project's migrations, and which of them each of its databases has.

    Args:
        project: On databases of h2h's.
        root: Its checkout: what lies elsewhere is of installed packages.
        aliases: Of its databases.

    Raises:
        StackError: It cannot be asked.
    """
    return project.answer(
        "migrations.tell",
        *(str(root), *aliases),
        read=from_output,
        of="migrations",
        fix=f"see what `manage.py showmigrations` says in {project.folder}",
    )


def migrate(project: Project, side: Side) -> None:
    """Bring every database of a side up to date."""
    for group in dict.fromkeys(side.groups().values()):
        project.migrate(database=group)


def _elsewhere(project: Project, own: Side, side: Side, *, databases: Databases) -> Project:
    """A side's project on the databases of another side."""
    given = databases[side.name]
    told = {alias: given[group] for alias, group in own.groups().items() if group in given}
    file = project.isolation
    return replace(
        project,
        isolation=file and with_databases(file, name=f"undo-{side.name}", databases=told),
    )


def to_undo(own: Schema, other: Schema) -> Sequence[str]:
    """Migrations that a database has and a revision does not know, and that the other can undo.

    Such as change rows alone stay, and so do those of apps that the revision does not have.

    Args:
        own: The revision's migrations, and what its copy of the rows has.
        other: The migrations of the other revision.
    """
    found = [name for name in _unknown(own) if name in other.known]
    squashed = {name for name in found if _is_squash_of(name, other, names=own.known)}
    left = [name for name in found if name not in squashed]
    here = [other.migrations[name] for name in left if name in other.migrations]
    return [] if len(here) == len(left) and all(each.only_rows for each in here) else left


def known_to_none(own: Schema, other: Schema) -> Sequence[str]:
    """Migrations that a database has, of apps that a revision has, and that neither one knows."""
    return [name for name in _unknown(own) if name not in other.known]


def _unknown(own: Schema) -> Sequence[str]:
    apps = {name.partition(".")[0] for name in own.migrations}
    return [name for name in sorted(own.applied - own.known) if name.partition(".")[0] in apps]


def obstacle(own: Schema, other: Schema) -> str:
    """Why a revision cannot have rows that the other one can have, too; empty where it can."""
    both = own.migrations.keys() & other.migrations.keys() & set(own.applied)
    for name in sorted(both):
        digests = {own.migrations[name].digest, other.migrations[name].digest}
        if len(digests) == 2 and "" not in digests:
            return f"{name} does something else in each of them"
    for undone in to_undo(own, other):
        made = set(other.migrations[undone].makes) if undone in other.migrations else set()
        for name, each in sorted(own.migrations.items()):
            # Undoing it would take rows with it that the side wants.
            if twice := made.intersection(each.makes):
                return f"{undone} and {name} both make {min(twice)}"
    return ""


def _is_squash_of(name: str, schema: Schema, *, names: Collection[str]) -> bool:
    replaces = schema.migrations[name].replaces if name in schema.migrations else ()
    return bool(replaces) and set(replaces) <= set(names)
