"""What is given wrongly ends in one line with the fix, and starts nothing."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from headtohead.check.outcome import Outcome
from headtohead.experiment import SERVICES
from headtohead.experiment_registry import Registry
from headtohead.records.store import to_json
from tests.cli.commands import REGISTRY, RUN, Told
from tests.command_line import give, one_line
from tests.conftest import H2H

FIRST, SECOND = REGISTRY
LOAD = "run --mode throughput"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def refused(command_line, monkeypatch):
    """Gives a command that must fail without a process; its error, which has to be one line."""

    def refused(*arguments: str, code: int = 2, **environment: str) -> str:
        told: Told = command_line.give(*arguments, **environment)
        assert told.completed.returncode == code, told.completed
        assert "hidden" not in told.completed.stdout + told.completed.stderr
        assert not list(command_line.folder.glob("results/**/*.json"))
        lines = told.completed.stderr.strip().splitlines()
        assert [line.startswith("h2h: ") for line in lines] == [False] * (len(lines) - 1) + [True]
        return lines[-1]

    def start(*_: object, **__: object) -> None:
        pytest.fail("a process was started")

    monkeypatch.setattr("subprocess.Popen.__init__", start)
    return refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("no-such-command", "'no-such-command'; see `h2h --help`"),
        ("lits", "Did you mean 'list'? see `h2h --help`"),
        ("history shwo", "`h2h history --help`"),
        ("run --no-such-flag", "--no-such-flag"),
        ("run --budget soon", "--budget"),
        ("run --budget -1", "at least 0.1"),
        ("run frist", "did you mean first"),
        ("run --users 8", "add --mode throughput"),
        ("run --rate 20", "add --mode open"),
        ("run --mode open --users 8", "add --mode throughput"),
        ("run --mode speed", "latency or throughput or open"),
        (f"{LOAD} --block 60", "0.25 to 10"),
        (f"{LOAD} --budget 3", "--budget 10"),
        ("run --mode open --budget 3", "--budget 10"),
        ("run --mode open --rate 0", "0.5 to 10000"),
        ("run --mode open --rate 2", "--block 2.5"),
        ("run --mode open --arrivals bursts", "poisson or constant"),
        ("run --background nobody", "browse, buy, edit, search, shop"),
        ("run --background shop:0", "shop:20"),
        ("run --workers 2", "add --mode throughput"),
        (f"{LOAD} --workers 2 --remote-workers 3 --users 4", "--users 5"),
        (f"{LOAD} --workers 2 --master-bind here", "--master-bind is 'here'"),
        (f"{LOAD} --master-bind 127.0.0.1:70000", "127.0.0.1:70000"),
        (
            f"run --mode throughput --remote-workers 2 --master-bind 10.0.0.1 --url {NOWHERE}",
            "--url",
        ),
        ("run --url ftp://127.0.0.1", "http://127.0.0.1:8000"),
        ("run --url it", "http://127.0.0.1:8000"),
        ("run --results pyproject.toml", "--results"),
        ("aa --mode latency", "--mode"),
        ("report results/no-such-run", "no record"),
        ("sweep", "Missing argument"),
        ("sweep frist", "did you mean first"),
        ("sweep first --rows 1e3,1e4", "give at least 3"),
        ("sweep first --rows 1e4,1e3,1e5", "ascending"),
        ("sweep first --rows 1,2,1e9", "1e8"),
        ("check frist", "did you mean first"),
        (f"check --update --url {NOWHERE}", "--url"),
        ("audit first", "nothing to audit (first)"),
        ("audit frist", "did you mean first"),
        ("audit --output no/such/folder.json", "no/such/folder.json"),
        ("audit --output kept", "kept cannot be written"),
        ("explain --run nowhere", "no record of a run at nowhere"),
        ("explain first --run kept", "experiments or --run"),
        ("compare main --parameters given.toml", "--openapi"),
        ("compare main --path products", "'products'"),
        ("compare main --path /a/ --method FETCH", "DELETE, GET"),
        ("compare main --method POST", "add --path"),
        ("compare main --path /a/ --body {}", "add --method POST"),
        ("compare main --path /a/ --method POST --body a=hidden", "Content-Type"),
        ("compare main --path /a/ --method POST --body @nowhere", "body @nowhere"),
        ("compare main --path /a\u0007b/", "percent-encode"),
        ("compare main --rounds 3", "--rounds"),
        ("compare main --experiment frist", "did you mean first"),
        ("bench main --rounds 3", "--rounds"),
        ("publish kept nowhere", "no record of a run at nowhere"),
        ("history show", "history.jsonl"),
        ("worker", "--master"),
        ("worker --master :5557", "10.0.0.1:5557"),
        ("worker --master 10.0.0.1:here", "10.0.0.1:5557"),
        ("worker --master 10.0.0.1:70000", "10.0.0.1:5557"),
    ],
)
def test_what_means_nothing_names_its_fix(arguments, says, refused):
    assert says in refused(*arguments.split())


def test_a_command_outside_of_any_project_says_where_to_give_it(tmp_path, monkeypatch):
    told = give("list", folder=Path("/"), environment={"PATH": "/usr/bin"})
    assert told.returncode == 2
    assert one_line(told) == (
        "h2h: there is no project here or above; give the command in the folder of a Django project"
        " (manage.py, pyproject.toml)"
    )


@pytest.mark.process
def test_a_folder_that_is_gone_is_told(tmp_path):
    (tmp_path / "gone").mkdir()
    script = 'rmdir "$PWD" && exec "$@" list'
    told = subprocess.run(
        ["bash", "-c", script, "bash", *H2H],
        cwd=tmp_path / "gone",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert one_line(told).endswith("is gone; change into another one")


def test_a_worker_needs_a_host(refused):
    assert "host" in refused("worker", "--master", "")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("H2H_DATABASE_URL", "postgresql://u:hidden@127.0.0.1:9/x", "127.0.0.1:9"),
        ("H2H_DATABASE_URL", "nonsense", "H2H_DATABASE_URL"),
        ("H2H_CACHE_URL", "redis://:hidden@127.0.0.1:9/0", "127.0.0.1:9"),
        ("H2H_BROKER_URL", "redis://:hidden@127.0.0.1:9/0", "127.0.0.1:9"),
        ("H2H_BROKER_URL", "amqp://u:hidden@127.0.0.1/", "H2H_BROKER_URL"),
        ("H2H_ROWS", "many", "a whole number"),
    ],
)
def test_a_wrong_environment_keeps_its_passwords(variable, value, says, command_line, refused):
    (command_line.folder / "pyproject.toml").write_text("[tool.headtohead]\ncelery = 'shop'\n")
    command_line.stand_in(
        "headtohead.cli.project.load_experiments", Registry([replace(FIRST, needs=("celery",))])
    )
    assert says in refused("up", **{variable: value})


@pytest.mark.parametrize(
    ("words", "code"), [("audit", 2), ("sweep first", 2), ("run --budget 1", 3), ("check", 3)]
)
def test_a_server_elsewhere_is_only_asked(words, code, refused):
    """Nobody answers there; commands that change rows do not even ask."""
    assert refused(*words.split(), code=code, H2H_URL=NOWHERE)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("buget = 3", "did you mean budget"),
        ("gate = 3", "[tool.headtohead.gate]"),
        ("experiments = 'no.such.package'", "`experiments` in [tool.headtohead]"),
    ],
)
def test_a_malformed_table_is_named(table, says, command_line, refused):
    command_line.answers.clear()
    (command_line.folder / "pyproject.toml").write_text(f"[tool.headtohead]\n{table}\n")
    assert says in refused("run")


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("slowr = 'fail'", "unknown field"),
        ("paths = ['nowhere']", "'nowhere'"),
        ("experiments = {nothing = {}}", "'nothing'"),
    ],
)
def test_a_policy_that_means_nothing_is_named(policy, says, command_line, refused):
    table = f"[tool.headtohead]\n[tool.headtohead.gate]\n{policy}\n"
    (command_line.folder / "pyproject.toml").write_text(table)
    assert says in refused("gate", "HEAD")


@pytest.mark.parametrize("command", ["gate", "compare"])
def test_a_package_of_experiments_that_is_named_has_to_be_there(command, command_line, refused):
    command_line.answers.clear()
    (command_line.folder / "pyproject.toml").write_text("[tool.headtohead]\nexperiments = 'gone'\n")
    assert "experiments package 'gone' cannot be imported" in refused(command, "HEAD")


def test_a_gate_hides_no_package_of_experiments_that_is_there_and_broken(
    command_line, refused, monkeypatch
):
    command_line.answers.clear()
    monkeypatch.delitem(sys.modules, "experiments", raising=False)
    (command_line.folder / "experiments.py").write_text("import gone_too\n")
    assert "'experiments' cannot be imported (No module named 'gone_too')" in refused(
        "gate", "HEAD", "--path", "/"
    )


@pytest.mark.parametrize(
    ("text", "says"), [(to_json(replace(RUN, schema=99)), "upgrade headtohead"), ("{", "run.json")]
)
def test_a_record_that_cannot_be_read_is_named(text, says, command_line, refused):
    (command_line.folder / "kept" / "run.json").write_text(text)
    assert says in refused("report", "kept")


def test_an_explanation_that_cannot_be_read_is_named(command_line, refused):
    (command_line.folder / "kept" / "explain.json").write_text("{}")
    assert "h2h explain --run" in refused("report", "kept", "--format", "html")


def test_a_snapshot_that_cannot_be_read_is_named(command_line, refused):
    (command_line.folder / "queries.json").write_text("{")
    assert "no snapshot of SQL" in refused("check")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_results_folder_that_may_not_be_written_is_named(command_line, refused):
    (command_line.folder / "locked").mkdir(mode=0o500)
    assert "--results" in refused("run", "--results", "locked")


def test_instructions_without_valgrind_are_refused(command_line, refused):
    command_line.stand_in("headtohead.bench.instructions.can_count", answer=False)
    assert "valgrind" in refused("bench", "main", "--instructions")


@pytest.mark.parametrize("service", SERVICES)
def test_what_lacks_a_service_is_skipped_by_name(service, command_line, refused, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    lacking = Registry([replace(FIRST, needs=(service,)), SECOND])
    command_line.stand_in("headtohead.cli.project.load_experiments", lacking)
    assert "no experiment is left" in refused("check", "first")
    command_line.stand_in("headtohead.check.check_experiments.check", Outcome(preflights={}))
    told = command_line.give("check", "--json")
    (call,) = told.calls["headtohead.check.check_experiments.check"]
    assert [each.name for each in call["experiments"]] == ["second"]
    assert not call["whole"]
    assert told.completed.stderr.startswith("first is skipped: ")
