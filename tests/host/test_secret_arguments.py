"""What a list of processes shows of a command line with secrets."""

import json
import subprocess
import sys
from typing import Any

import pytest

from headtohead.host import secret_arguments
from headtohead.host.secret_arguments import hide_secret_arguments, secret_values

PROGRAM = """
import json, os, sys
from contextlib import suppress
from headtohead.host.secret_arguments import hide_secret_arguments

hide_secret_arguments()
files = []
for each in os.listdir("/proc/self/fd"):
    with suppress(OSError):  # that of the listing itself
        files.append(os.readlink("/proc/self/fd/" + each))
print(json.dumps({
    "process": os.getpid(),
    "given": sys.argv[1:],
    "listed": open("/proc/self/cmdline").read().split(chr(0))[3:-1],
    "variables": [name for name in os.environ if name == "H2H_ARGUMENTS_FD"],
    "files": [each for each in files if "memfd" in each],
}))
"""


def begun(*arguments: str) -> tuple[int, dict[str, Any]]:
    """A process that hides its secrets: its id as it began, and what it has and shows then."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE)
    printed, _ = process.communicate()
    assert process.returncode == 0
    return process.pid, json.loads(printed)


@pytest.mark.process
@pytest.mark.parametrize(
    ("given", "listed"),
    [
        (["--header", "A: canary", "--path", "/"], ["--header", "***", "--path", "/"]),
        (["--cookie=a=canary", "--json"], ["--cookie=***", "--json"]),
        (["--body", '{"a": "canary \udcff"}'], ["--body", "***"]),
        (["--header", "canary" * 20_000], ["--header", "***"]),
        (["--path", "/a=b", "--header"], ["--path", "/a=b", "--header"]),
    ],
)
def test_secrets_are_shown_to_nobody_and_known_to_the_same_process(given, listed):
    process, found = begun(*given)
    assert found == {
        "process": process,
        "given": given,
        "listed": listed,
        "variables": [],
        "files": [],
    }


def test_a_command_within_another_process_begins_nothing_again(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["h2h", "--header", "A: canary"])
    monkeypatch.setattr(secret_arguments.os, "execve", lambda *_: pytest.fail("it began again"))
    hide_secret_arguments()
    assert sys.argv == ["h2h", "--header", "A: canary"]


def test_secrets_are_found_however_they_are_given():
    given = ["compare", "--header", "a", "--cookie=b=c", "--path", "/d", "--body", "--json"]
    assert list(secret_values(given)) == ["a", "b=c", "--json"]
