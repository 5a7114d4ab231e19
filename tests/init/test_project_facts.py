from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headtohead.errors import ConfigurationError
from headtohead.init import project_facts as known
from headtohead.init.facts import Fact, Standing, advised, failed, missing, setting
from headtohead.protocol.project_description import CacheSettings
from headtohead.revisions.interpreters import FoundInterpreter, InterpreterFacts
from headtohead.revisions.locks import Lock, LockFormat
from headtohead.services.project_layout import ProjectLayout
from headtohead.stack.application import Application
from tests.init.samples import CONFIG, LAYOUT, POSTGRESQL, ROOT, SQLITE, revision, side

SAID = InterpreterFacts(
    python="3.13.0",
    build="3.13.0 (main)",
    implementation="CPython",
    django="5.2.1",
    distributions={"django": "5.2"},
    folders=(),
    renamed=(),
)


def told(facts: Iterable[Fact]) -> dict[str, str]:
    return {each.subject: each.found for each in facts}


def database(
    *,
    databases: dict[str, Any],
    sources: dict[str, str] | None = None,
    suggestions: Sequence[str] = (),
    **settings: Any,
) -> list[Fact]:
    return list(
        known.database_facts(
            side(databases=databases),
            sources=sources or {},
            config=replace(CONFIG, **settings),
            suggestions=suggestions,
        )
    )


def test_a_fact_with_several_lines_offers_each():
    fact = advised("it", "that", "so", "a = 1", "b = 2")
    assert (fact.line_to_add, fact.lines) == ("a = 1, or b = 2", ("a = 1", "b = 2"))
    assert fact.standing is Standing.ADVISED
    assert missing("it", "that", "so", "a = 1", advice="do it").line_to_add == "do it"
    assert missing("it", "that", "so").standing is Standing.MISSING


@pytest.mark.parametrize(
    ("fix", "lines"),
    [
        ('name the project\'s own: python = ".venv/bin/python"', ('python = ".venv/bin/python"',)),
        ('say it: prepare = ["manage.py loaddata demo"] or so', (
            'prepare = ["manage.py loaddata demo"]',
        )),
        ("see its log", ()),
    ],
)  # fmt: skip
def test_an_error_leaves_its_fix_and_the_line_that_the_fix_names(fix, lines):
    fact = failed("it", ConfigurationError("there is none", fix=fix), "tried")
    assert (fact.found, fact.line_to_add, fact.lines) == ("there is none", fix, lines)
    assert fact.standing is Standing.MISSING


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("it", 'it = "it"'),
        ('a "b" \\ é', 'it = "a \\"b\\" \\\\ é"'),
        ([".env", "a/b"], 'it = [".env", "a/b"]'),
    ],
)
def test_a_setting_is_a_line_of_toml(value, line):
    assert setting("it", value) == line


def test_the_folder_of_manage_py_is_the_projects():
    fact = known.folder_fact(LAYOUT, root=ROOT)
    assert (fact.found, fact.known_by) == ("src", "src/manage.py")
    without = ProjectLayout(folder=ROOT, manage=None, settings_module="")
    assert known.folder_fact(without, root=ROOT).known_by == "no manage.py is here or below"


def test_a_project_below_the_top_of_its_repository_says_so(tmp_path):
    (tmp_path / "shop").mkdir()
    fact = known.base_fact("a" * 40, "main", top=tmp_path, root=tmp_path / "shop")
    assert (fact.found, fact.known_by) == ("main (aaaaaaaaaa)", "git, from the folder shop")
    top = known.base_fact("a" * 40, "main", top=tmp_path, root=tmp_path)
    assert top.known_by == "git, from its top folder"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("/shop/.venv/bin/python", ('python = ".venv/bin/python"',)),
        ("/elsewhere/python", ()),
    ],
)
def test_an_interpreter_in_the_projects_folder_has_a_line_and_another_is_no_ones_else(path, lines):
    found = FoundInterpreter(path=Path(path), how=".venv")
    fact = known.interpreter_fact(found, SAID, root=ROOT)
    assert (fact.found, fact.known_by) == ("Python 3.13.0, Django 5.2.1", ".venv")
    assert fact.lines == lines


def test_an_interpreter_in_place_of_the_projects_own_says_what_it_lacks():
    lock = Lock(path=ROOT / "uv.lock", folder=ROOT, name="uv.lock", format=LockFormat.UV, digest="")
    found = FoundInterpreter(path=Path("/python"), how="python3 on PATH", borrowed=True)
    fact = known.borrowed_fact(found, lock=lock, lacks="whitenoise>=6")
    assert fact.known_by == "no environment is there, and python3 on PATH lacks whitenoise>=6"
    assert fact.lines == ()


def test_a_lock_among_several_says_why_it_is_the_one():
    lock = Lock(
        path=ROOT / "requirements" / "base.txt",
        folder=ROOT,
        name="requirements/base.txt, the closest of 3 to what is installed",
        format=LockFormat.REQUIREMENTS,
        digest="",
    )
    fact = known.lock_fact(lock, root=ROOT)
    assert fact.known_by == "the closest of 3 to what is installed"
    assert fact.lines == ('lock = "requirements/base.txt"',)
    alone = known.lock_fact(replace(lock, name="uv.lock", path=ROOT / "uv.lock"), root=ROOT)
    assert (alone.found, alone.known_by) == ("uv.lock", "it is there")
    above = known.lock_fact(replace(lock, path=Path("/uv.lock"), name="uv.lock"), root=ROOT)
    assert (above.found, above.lines) == ("uv.lock", ())
    assert known.lock_fact(None, root=ROOT).found.startswith("none")


def test_sides_of_one_interpreter_share_their_packages():
    one = revision(packages=".venv, as uv.lock is the same")
    other = revision(interpreter=Path("/other"), packages="uv.lock of the revision")
    assert known.packages_fact(one, one).found == "both sides share them"
    apart = known.packages_fact(other, one)
    assert apart.found == "each side has its own"
    assert apart.known_by == (
        "base: uv.lock of the revision; working tree: .venv, as uv.lock is the same"
    )


@pytest.mark.parametrize(
    ("named", "layout", "variable", "known_by"),
    [
        ("shop.settings", LAYOUT, "shop.settings", "settings in [tool.headtohead]"),
        (None, LAYOUT, "shop.settings", "DJANGO_SETTINGS_MODULE"),
        (None, LAYOUT, "other", "manage.py"),
        (None, replace(LAYOUT, manage=None, named_in=""), "", "the project, when asked"),
    ],
)
def test_settings_say_who_names_them(named, layout, variable, known_by):
    config = replace(CONFIG, settings=named)
    fact = known.settings_fact("shop.settings", config=config, layout=layout, variable=variable)
    assert (fact.found, fact.known_by) == ("shop.settings", known_by)


def test_settings_that_nobody_names_are_missing():
    fact = known.settings_fact("", config=CONFIG, layout=LAYOUT, variable="")
    assert fact.standing is Standing.MISSING
    assert fact.line_to_add == 'settings = "shop.settings"'


@pytest.mark.parametrize(
    ("served", "found"),
    [
        ("wsgi", "shop.wsgi:application (WSGI); its ASGI application is not asked"),
        ("asgi", "shop.asgi:application (ASGI); its WSGI application is not asked"),
    ],
)
def test_what_is_served_says_who_names_it_and_what_is_not_asked(served, found):
    name = f"shop.{served}:application"
    fact = known.application_fact(
        side(asgi="shop.asgi:application"),
        Application(name=name, known_by="the project", interface=served),
    )
    assert (fact.found, fact.known_by) == (found, "the project")
    assert fact.lines == (f'{served} = "{name}"',)


def test_rows_come_from_a_file_from_what_is_named_or_from_commands():
    copied = database(databases={"default": SQLITE}, sources={"default": "db.sqlite3"})
    assert told(copied) == {"database": "SQLite, copied from db.sqlite3"}
    (named,) = database(
        databases={"default": POSTGRESQL}, sources={"default": "dump.sql"}, data="dump.sql"
    )
    assert named.known_by == "data in [tool.headtohead]"
    made = database(databases={"default": POSTGRESQL}, prepare=("manage.py seed",))
    assert told(made) == {"database": "PostgreSQL, filled by `prepare`"}
    assert {each.standing for each in (*copied, named, *made)} == {Standing.FOUND}


def test_fixtures_make_rows_where_nothing_else_does():
    there = {"databases": {"default": POSTGRESQL}, "fixtures": ("/shop/app/fixtures/demo.json",)}
    (fact,) = known.database_facts(
        side(**there), sources={}, config=CONFIG, suggestions=['prepare = ["manage.py seed"]']
    )
    assert fact.found == "PostgreSQL, filled by the fixtures demo.json"
    assert (fact.known_by, fact.standing) == ("they are in app/fixtures", Standing.FOUND)
    assert fact.lines == ('prepare = ["manage.py seed"]',)


def test_databases_without_rows_are_missing_with_what_the_project_has():
    (fact,) = database(databases={"default": POSTGRESQL}, suggestions=['data = "it.sql"'])
    assert fact.standing is Standing.MISSING
    assert fact.found == "PostgreSQL shop at db.internal, which is left alone: no rows"
    assert fact.lines == ('data = "settings"', 'data = "it.sql"')
    (file,) = database(databases={"default": SQLITE})
    assert file.found == "SQLite, but db.sqlite3 is not there: no rows"
    assert file.lines == ('prepare = ["manage.py loaddata demo"]',)
    assert "hidden" not in repr((fact, file))


def test_aliases_of_one_database_are_one_and_another_may_be_empty():
    log = replace(SQLITE, name="/shop/log.sqlite3")
    found = database(
        databases={"default": SQLITE, "replica": SQLITE, "log": log},
        sources={"default": "db.sqlite3"},
    )
    assert told(found) == {
        "database": "SQLite, copied from db.sqlite3",
        "database log": "SQLite, empty",
    }


def test_a_product_that_cannot_be_copied_is_named():
    (fact,) = database(databases={"default": replace(POSTGRESQL, vendor="mysql")})
    assert (fact.found, fact.standing) == ("mysql, which h2h cannot copy", Standing.MISSING)


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({"dumps": ["a.dump", "b.sql"]}, ('data = "a.dump"',)),
        ({"fixtures": ["demo"]}, ('prepare = ["manage.py loaddata demo"]',)),
        ({"commands": ["clean", "seed_demo"]}, ('prepare = ["manage.py seed_demo"]',)),
        ({"commands": ["add_test_data"]}, ('prepare = ["manage.py add_test_data"]',)),
        ({"commands": ["set_fake_emails", "seeder", "dumpdata", "update_data"]}, ()),
        ({}, ()),
    ],
)
def test_rows_are_suggested_from_dumps_fixtures_and_commands_that_make_them(given, lines):
    given = {"dumps": [], "fixtures": [], "commands": [], **given}
    assert known.row_suggestions(**given) == lines


def test_what_stands_in_for_caches_files_and_tasks_is_said():
    caches = {
        "default": CacheSettings(backend="x.RedisCache", kind="redis", location="redis://:hidden@"),
        "odd": CacheSettings(backend="its.own.Cache", kind="unknown", location=""),
    }
    found = list(
        known.surroundings_facts(
            side(caches=caches, media_root="/shop/media", broker="amqp"), distributions=["celery"]
        )
    )
    assert told(found) == {
        "cache": "redis; a Valkey of h2h's stands in",
        "cache odd": "its.own.Cache; what it would connect to or write is refused",
        "media": "media; an empty folder of each side's own stands in",
        "tasks": "Celery's broker is amqp; tasks are dropped",
    }
    assert "hidden" not in repr(found)


def test_celery_without_a_broker_in_the_settings_is_named():
    (fact,) = known.surroundings_facts(side(), distributions=["celery"])
    assert fact.found.startswith("Celery, whose broker the settings do not name")
    assert list(known.surroundings_facts(side(), distributions=["django"])) == []


@pytest.mark.parametrize(
    ("description", "subject"),
    [
        ({"debug": True}, "DEBUG"),
        ({"middleware": ("debug_toolbar.middleware.DebugToolbarMiddleware",)}, "debug toolbar"),
        ({"throttled": True}, "throttling"),
        ({"ssl_redirect": True}, "SSL redirect"),
    ],
)
def test_what_is_switched_off_is_named(description, subject):
    found = known.surroundings_facts(side(**description), distributions=[])
    assert [each.subject for each in found] == [subject]


def test_ignored_files_are_a_line_where_nothing_works_without_them():
    advice = known.ignored_fact([".env"], needed=False)
    needed = known.ignored_fact([".env"], needed=True)
    assert (advice.standing, needed.standing) == (Standing.ADVISED, Standing.ADDED)
    assert advice.lines == needed.lines == ('copy = [".env"]',)


@pytest.mark.parametrize(
    ("application", "health", "has", "file", "found"),
    [
        ({}, None, ["gunicorn"], "", ["the project's gunicorn", "any answer to /"]),
        (
            {},
            "/up/",
            [],
            "gunicorn.conf.py",
            ["h2h's gunicorn, with gunicorn.conf.py", "200 at /up/"],
        ),
        (
            {"server": "uvicorn", "command": "serve"},
            None,
            ["uvicorn"],
            "gunicorn.conf.py",
            ["the project's uvicorn", "any answer to /"],
        ),
        (
            {"server": "", "command": "serve"},
            None,
            [],
            "",
            ["the command of `start`", "any answer to /"],
        ),
    ],
)
def test_the_server_and_its_health_are_told(application, health, has, file, found):
    facts = known.server_facts(
        Application(name="", known_by="", **application),
        config=replace(CONFIG, health=health),
        has=has,
        gunicorn_config=file,
    )
    assert [each.found for each in facts] == found
