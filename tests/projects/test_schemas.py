"""Two revisions whose migrations part have the same rows, or it is said why they cannot."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect
from textwrap import dedent

import pytest

from headtohead.errors import StackError
from headtohead.revisions.checkout import Revision
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.databases.sqlite import file_of
from headtohead.stack import revision_servers
from headtohead.stack.settings import StackSettings
from headtohead.stack.shared_schema import UnsharedSchemaError
from tests.projects.test_shapes import MANAGE, SETTINGS

pytestmark = pytest.mark.process

FIRST = """
operations = [migrations.CreateModel("Item", [
    ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=50)),
])]
"""
PRICE = 'operations = [migrations.AddField("item", "price", models.IntegerField(null=True))]'
WEIGHT = 'operations = [migrations.AddField("item", "weight", models.IntegerField(null=True))]'
HEAVIER = 'operations = [migrations.AddField("item", "weight", models.FloatField(null=True))]'
ROWS = "operations = [migrations.RunPython(lambda *_: None)]"
ONE_WAY = f'{PRICE}\noperations.append(migrations.RunSQL("SELECT 1"))'
BOTH = f"{FIRST}\noperations += [{PRICE.partition('[')[2]}"
SQUASHED = f'{BOTH}\nreplaces = [("items", "0001_first"), ("items", "0002_price")]'
CREATE = """python -c "
import django; django.setup()
from django.db import connection as c
c.cursor().execute('INSERT INTO items_item (name) VALUES (1)')"
"""
# Migrations by their names, each depending on the one before it.
Migrations = Mapping[str, str]
OLD = {"0001_first": FIRST}
PRICED = OLD | {"0002_price": PRICE}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Two revisions and a database.

    Attributes:
        base: The migrations of one.
        head: Those of the other.
        rows: The side that has migrated the database that there is; empty for rows made by
            `prepare`, and ``none`` where there are none.
        columns: Of the table on each side, beside its key and its name.
        says: What is remarked.
        refused: What ends it.
    """

    base: Migrations
    head: Migrations
    rows: str = "base"
    columns: tuple[set[str], set[str]] = (set(), set())
    says: str = ""
    refused: str = ""


BY_DAY = {
    "another branch": Case(
        base=PRICED,
        head=OLD | {"0002_weight": WEIGHT},
        columns=({"price"}, {"weight"}),
        says="head's copy of the rows is without items.0002_price",
    ),
    "other contents, rows that are there": Case(
        base=OLD | {"0002_weight": WEIGHT},
        head=OLD | {"0002_weight": HEAVIER},
        refused="items.0002_weight does something else in each of them",
    ),
}
BY_NIGHT = {
    "a squash": Case(
        base=PRICED,
        head={"0001_squashed": SQUASHED},
        columns=({"price"}, {"price"}),
    ),
    "a squash that is applied": Case(
        base=PRICED,
        head=PRICED | {"0001_squashed": SQUASHED},
        rows="head",
        columns=({"price"}, {"price"}),
    ),
    "a squash whose origins are gone": Case(
        base=PRICED, head={"0001_all": BOTH}, refused="both make items.item"
    ),
    "a squash whose origins are gone, rows that are made": Case(
        base=PRICED,
        head={"0001_all": BOTH},
        rows="",
        columns=({"price"}, {"price"}),
        says="each revision makes its rows itself",
    ),
    "one that is deleted": Case(
        base=PRICED,
        head=OLD,
        columns=({"price"}, set()),
        says="undone",
    ),
    "rows of the newer one": Case(
        base=OLD, head=PRICED, rows="head", columns=(set(), {"price"}), says="undone"
    ),
    "one that changes rows alone": Case(
        base=OLD, head=OLD | {"0002_rows": ROWS}, rows="head", columns=(set(), set())
    ),
    "one that cannot be undone": Case(
        base=OLD, head=OLD | {"0002_price": ONE_WAY}, rows="head", refused="cannot be undone"
    ),
    "other contents, rows that are made": Case(
        base=OLD | {"0002_weight": WEIGHT},
        head=OLD | {"0002_weight": HEAVIER},
        rows="",
        columns=({"weight"}, {"weight"}),
        says="each revision makes its rows itself",
    ),
    "one before another that is applied": Case(
        base=PRICED,
        head={"0001_first": FIRST, "0001_weight": WEIGHT, "0002_price": PRICE},
        refused="InconsistentMigrationHistory",
    ),
}


def write(folder: Path, migrations: Migrations) -> Path:
    """A project with these migrations, in a repository of its own."""
    files = {
        "manage.py": MANAGE.format("config.settings"),
        "config/settings.py": SETTINGS + 'WSGI_APPLICATION = "config.wsgi.application"\n',
        "items/__init__.py": "",
        "items/urls.py": "urlpatterns = []",
        "items/migrations/__init__.py": "",
    }
    before = ""
    for name, text in migrations.items():
        squash = name == "0001_squashed"
        parent = f'("items", "{before}")' if before and not squash else ""
        body = "\n".join(f"    {line}" for line in text.strip().splitlines())
        files[f"items/migrations/{name}.py"] = dedent(
            "from django.db import migrations, models\n"
            f"class Migration(migrations.Migration):\n    dependencies = [{parent}]\n{body}\n"
        )
        before = before if squash else name
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def columns(database_url: str) -> tuple[set[str], int]:
    with closing(connect(file_of(database_url))) as connection:
        found = connection.execute("SELECT name FROM pragma_table_info('items_item')").fetchall()
        (rows,) = connection.execute("SELECT count(*) FROM items_item").fetchone()
    return {name for (name,) in found} - {"id", "name"}, rows


def bring_up_in(tmp_path: Path, case: Case) -> tuple[str, ...]:
    folders = {
        "base": write(tmp_path / "base", case.base),
        "head": write(tmp_path / "head", case.head),
    }
    database = tmp_path / "rows.sqlite3"
    if case.rows in folders:
        manage = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        kept = {key: os.environ[key] for key in ("PATH",)}
        subprocess.run(manage, cwd=folders[case.rows], env=kept, check=True)
        (folders[case.rows] / "db.sqlite3").rename(database)
        with closing(connect(database)) as connection:
            connection.execute("INSERT INTO items_item (name) VALUES ('kept')")
            connection.commit()
    settings = StackSettings(
        root=tmp_path,
        directory=tmp_path / ".h2h",
        settings_module="config.settings",
        wsgi="config.wsgi:application",
        asgi="",
        gunicorn_config=None,
        data=str(database) if case.rows in folders else None,
        prepare=() if case.rows else (CREATE,),
    )
    sides = {
        name: Revision(
            name=name,
            commit="a" * 40,
            changed=False,
            environment=PythonEnvironment(root=folder),
        )
        for name, folder in folders.items()
    }
    with revision_servers.apart(settings, sides, progress=lambda _: None) as found:
        got = [columns(project.database_url) for project in found.projects.values()]
        assert got == [(each, 1) for each in case.columns]
        return tuple(each for each in found.remarks() if "DEBUG" not in each)


FIXTURE = '[{"model": "items.item", "pk": 1, "fields": {"name": "%s"}}]'
MODEL = """
from django.db import models
class Item(models.Model):
    name = models.CharField(max_length=50)
"""


def test_rows_of_fixtures_are_told_and_such_as_cannot_be_loaded_end_it(tmp_path):
    fixtures = tmp_path / "base" / "items" / "fixtures"
    fixtures.mkdir(parents=True)
    (fixtures.parent / "models.py").write_text(MODEL)
    (fixtures / "demo.json").write_text(FIXTURE % "one")
    (fixtures / "for_tests.json").write_text("no fixture")
    (remark,) = bring_up_in(tmp_path, Case(base=OLD, head=OLD, rows="none"))
    assert remark.startswith("the rows are those of the project's fixtures (demo.json); name")
    (fixtures / "other.json").write_text('[{"model": "items.gone", "pk": 1, "fields": {}}]')
    with pytest.raises(StackError, match="not all can be loaded") as error:
        bring_up_in(tmp_path, Case(base=OLD, head=OLD, rows="none"))
    assert "items.gone" in error.value.problem
    assert error.value.fix.endswith('prepare = ["manage.py loaddata demo"]')


@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(each, id=name) for name, each in BY_DAY.items()),
        *(
            pytest.param(each, id=name, marks=pytest.mark.nightly)
            for name, each in BY_NIGHT.items()
        ),
    ],
)
def test_revisions_share_rows_or_say_why_they_cannot(case, tmp_path):
    if case.refused:
        with pytest.raises(UnsharedSchemaError, match=case.refused) as error:
            bring_up_in(tmp_path, case)
        assert error.value.exit_code == 2
        return
    remarks = bring_up_in(tmp_path, case)
    assert len(remarks) == bool(case.says)
    assert case.says in "".join(remarks)
