"""What nobody foresaw ends with an exit code of its own, and never looks like a failed gate."""

import errno
import re
import stat
from pathlib import Path

import pytest

from headtohead.errors import ExitCode
from headtohead.host.files import prepare_folder
from tests.cli.commands import CommandLine

WORK = "headtohead.stack.lifecycle.status"


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def broken(command_line: CommandLine, monkeypatch):
    """Gives `h2h status` whose work raises; its exit code, and what it says."""

    def give(error: BaseException, *arguments: str, **environment: str) -> tuple[int, str]:
        def work(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(WORK, work)
        completed = command_line.give("status", *arguments, **environment).completed
        assert completed.stdout == ""
        return completed.returncode, completed.stderr

    return give


def the_only_file(folder: Path) -> Path:
    (found,) = folder.glob("h2h-defect-*.txt")
    return found


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (AssertionError(), "AssertionError"),
        (ValueError("two\nlines"), "ValueError: two lines"),
        (EOFError("early"), "EOFError: early"),
        (RuntimeError("[bold]"), "RuntimeError: [bold]"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), "UnicodeDecodeError: 'utf-8' codec"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "ConnectionRefusedError: "),
        (PermissionError(errno.EACCES, "of no file"), "PermissionError: "),
    ],
)
def test_a_defect_is_one_line_and_a_private_file(error, says, broken, temporary):
    code, said = broken(error)
    assert code == ExitCode.DEFECT == 70
    assert said.count("\n") == 1
    assert said.startswith(f"h2h: a defect of h2h: {says}")
    kept = the_only_file(temporary)
    assert said.endswith(f"; see {kept}, and report it\n")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text(encoding="utf-8")
    assert text.startswith("Traceback (most recent call last):\n")
    assert "in work\n" in text


def test_the_traceback_is_among_the_logs_of_the_stack_where_it_has_some(
    command_line, broken, temporary
):
    stack = command_line.folder / ".h2h"
    prepare_folder(stack)
    (stack / "logs").mkdir()
    assert broken(KeyError("x"))[0] == 70
    assert the_only_file(stack / "logs")
    assert not list(temporary.iterdir())


def test_a_folder_of_the_users_gets_no_file(command_line, broken, temporary):
    logs = command_line.folder / ".h2h" / "logs"
    logs.mkdir(parents=True)
    assert broken(KeyError("x"))[0] == 70
    assert not list(logs.iterdir())
    assert the_only_file(temporary)


def test_where_no_file_can_be_written_the_line_says_how_to_see_more(broken, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    assert broken(KeyError("x")) == (
        70,
        "h2h: a defect of h2h: KeyError: 'x'; set H2H_DEBUG=1 to see where, and report it\n",
    )


def test_debugging_prints_the_traceback_before_the_line(broken):
    code, said = broken(KeyError("x"), H2H_DEBUG="1")
    assert code == 70
    assert said.startswith("Traceback (most recent call last):\n")
    assert said.splitlines()[-1].startswith("h2h: a defect of h2h: KeyError: 'x'; see ")
    assert broken(KeyError("x"), H2H_DEBUG="0")[1].count("\n") == 1


def test_no_secret_is_in_the_line_the_file_or_the_traceback(command_line, temporary, monkeypatch):
    secrets = {
        "a header": "hdr-canary",
        "a short header": "q7",
        "a cookie": "cookiecanary",
        "a configured header": "configuredcanary",
        "an address": "urlcanary%21",
        "an address, decoded": "urlcanary!",
        "a variable": "variablecanary",
        "another address": "othercanary",
        "made up by h2h": "Zk3_9aQpLm-0XcVbNw7RtYuIoPasDfGh",
    }

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(" ".join(secrets.values()) + " redis://:othercanary@localhost/0")

    monkeypatch.setattr("headtohead.compare.compare_revisions.compare", fail)
    completed = command_line.give(
        *("compare", "main", "--path", "/"),
        *("--header", f"Authorization: Token {secrets['a header']}"),
        *("--header=X-Pin: q7", "--cookie", f"sessionid={secrets['a cookie']}"),
        H2H_HEADERS=f"X-Key: {secrets['a configured header']}",
        H2H_DATABASE_URL=f"postgresql://u:{secrets['an address']}@127.0.0.1:9/x",
        H2H_CACHE_URL="redis://:othercanary@127.0.0.1:9/0",
        DEMO_PASSWORD=secrets["a variable"],
        H2H_DEBUG="1",
    ).completed
    assert completed.returncode == 70
    for text in (completed.stderr, the_only_file(temporary).read_text(encoding="utf-8")):
        assert "RuntimeError: ***" in text
        for name, secret in secrets.items():
            assert not re.search(rf"\b{re.escape(secret)}", text), name


def test_settings_that_cannot_be_read_hide_no_defect(command_line, monkeypatch):
    def fail(**_: object) -> None:
        raise KeyError("settings")

    monkeypatch.setattr("headtohead.cli.project.load_config", fail)
    completed = command_line.give("status").completed
    assert completed.returncode == 70
    assert completed.stderr.startswith("h2h: a defect of h2h: KeyError: 'settings'; see ")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "--results"),
        (errno.EACCES, "the right to it"),
    ],
)
def test_a_disk_that_takes_no_more_is_no_defect(number, says, broken, temporary):
    code, said = broken(OSError(number, "No", "results/run.json"))
    assert code == ExitCode.USAGE
    assert said.startswith("h2h: results/run.json cannot be used (No); ")
    assert says in said
    assert said.count("\n") == 1
    assert not list(temporary.iterdir())


def test_a_pipe_to_another_program_that_closed_is_no_defect_and_no_failed_gate(broken):
    code, said = broken(BrokenPipeError(errno.EPIPE, "Broken pipe"))
    assert code == ExitCode.USAGE
    assert said.startswith("h2h: a program that h2h talked to is gone (Broken pipe); ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (SystemExit(4), 4), (SystemExit(0), 0)]
)
def test_what_means_to_end_ends_as_it_means_to(error, code, broken, temporary):
    assert broken(error)[0] == code
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{}['x']", "KeyError: 'x'"),
        ("raise SystemExit(1)", "SystemExit: 1"),
        ("def", "SyntaxError: invalid syntax"),
    ],
)
def test_experiments_that_fail_to_be_imported_are_the_projects_to_mend(line, problem, command_line):
    command_line.answers.clear()
    name = f"fails_by_{problem.partition(':')[0].lower()}"
    (command_line.folder / name).mkdir()
    (command_line.folder / name / "__init__.py").touch()
    (command_line.folder / name / "one.py").write_text(f"{line}\n")
    (command_line.folder / "pyproject.toml").write_text(
        f"[tool.headtohead]\nexperiments = '{name}'\n"
    )
    completed = command_line.give("list").completed
    assert completed.returncode == 2
    assert completed.stderr.count("\n") == 1
    assert f"experiments package '{name}' cannot be imported ({problem}" in completed.stderr
    assert f"`python -c 'import {name}.one'`" in completed.stderr
