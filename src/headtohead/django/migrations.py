"""Run in a project's interpreter, on databases of h2h's: its migrations, and how to undo some.

All of it is Django's own: its loader finds them, its recorder knows which a database has, and its
executor undoes them in the order of its graph.
"""

import sys
from hashlib import sha256
from inspect import getsourcefile
from pathlib import Path
from typing import Any

import django
from django.db import connections
from django.db.migrations import AddField, CreateModel, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.writer import MigrationWriter

from headtohead.django.description import prepare
from headtohead.protocol.migrations import Migration, Schema, to_line


def tell() -> None:
    """Print the migrations; arguments are `manage.py` or empty, the checkout, and aliases."""
    manage, root, *aliases = sys.argv[1:]
    _set_up(manage)
    print(to_line({alias: _schema(alias, root=Path(root)) for alias in aliases}))  # noqa: T201


def undo() -> None:
    """Undo migrations; arguments are `manage.py` or empty, an alias, and names of migrations."""
    manage, alias, *names = sys.argv[1:]
    _set_up(manage)
    executor = MigrationExecutor(connections[alias])
    graph = executor.loader.graph
    squashed = {
        f"{app}.{name}": key for key, each in graph.nodes.items() for app, name in each.replaces
    }
    keys: dict[tuple[str, str], None] = {}
    for given in names:
        app, _, name = given.partition(".")
        key = (app, name) if (app, name) in graph.nodes else squashed[given]
        keys |= dict.fromkeys(graph.backwards_plan(key))
    applied = executor.loader.applied_migrations
    # Whatever depends on another goes before it.
    ordered = [key for key in _dependents_first(graph) if key in keys and key in applied]
    executor.migrate(None, plan=[(graph.nodes[key], True) for key in ordered])


def _dependents_first(graph: Any) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for leaf in graph.leaf_nodes():
        found |= dict.fromkeys(graph.forwards_plan(leaf))
    return list(found)[::-1]


def _set_up(manage: str) -> None:
    if manage:
        prepare(manage)
    django.setup()


def _schema(alias: str, *, root: Path) -> Schema:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    migrations = loader.disk_migrations or {}
    return Schema(
        migrations={
            f"{app}.{name}": Migration(
                replaces=tuple(".".join(each) for each in migration.replaces),
                digest=_digest(migration, root=root),
                only_rows=all(isinstance(each, RunPython) for each in migration.operations),
                makes=tuple(_made(migration)),
            )
            for (app, name), migration in migrations.items()
        },
        applied=frozenset(
            ".".join(each) for each in MigrationRecorder(connections[alias]).applied_migrations()
        ),
    )


def _digest(migration: Any, *, root: Path) -> str:
    """Of its operations, however they are written; of its text where they cannot be written.

    What it depends on is for Django to see to.
    """
    file = Path(getsourcefile(type(migration)) or "").resolve()
    if not file.is_relative_to(root.resolve()):
        return ""
    try:
        bare = type(migration)(migration.name, migration.app_label)
        bare.dependencies, bare.replaces, bare.run_before = [], [], []
        text = MigrationWriter(bare, include_header=False).as_string()
    except ValueError:
        text = file.read_text(encoding="utf-8")
    return sha256(text.encode()).hexdigest()


def _made(migration: Any) -> list[str]:
    found = []
    for each in migration.operations:
        if isinstance(each, CreateModel):
            model = f"{migration.app_label}.{each.name_lower}"
            found += [model, *(f"{model}.{name}" for name, _ in each.fields)]
        elif isinstance(each, AddField):
            found.append(f"{migration.app_label}.{each.model_name_lower}.{each.name}")
    return found
