"""Secrets of a command line, which every user of a machine may read in its list of processes."""

import json
import os
import sys
from collections.abc import Iterator, Sequence

# The flags whose values may be secret.
_SECRET_FLAGS = ("--header", "--cookie", "--body")
_SHOWN = "***"
# Says in which open file the process finds what it was given.
_VARIABLE = "H2H_ARGUMENTS_FD"


def hide_secret_arguments() -> None:
    """Begin this process again without secrets in its command line, where there are any.

    It stays the same process, so whoever waits for it or stops it notices nothing. What it was
    given passes in a file in memory, which is gone as soon as it is read: no other process gets it.
    """
    if descriptor := os.environ.pop(_VARIABLE, ""):
        with open(int(descriptor), encoding="utf-8") as file:  # noqa: PTH123 (it has no path)
            sys.argv[1:] = json.load(file)
        return
    given = sys.argv[1:]
    secrets = list(_secrets(given))
    interpreter = sys.orig_argv[: len(sys.orig_argv) - len(given)]
    # A test, for one, gives a command within a process that has another command line.
    if not any(secrets) or sys.orig_argv != [*interpreter, *given]:
        return
    memory = os.memfd_create("h2h", 0)
    os.write(memory, json.dumps(given).encode())
    os.lseek(memory, 0, os.SEEK_SET)
    shown = [
        argument.removesuffix(secret) + _SHOWN if secret else argument
        for argument, secret in zip(given, secrets, strict=True)
    ]
    arguments = [sys.executable, *interpreter[1:], *shown]
    os.execve(sys.executable, arguments, {**os.environ, _VARIABLE: str(memory)})  # noqa: S606


def secret_values(arguments: Sequence[str]) -> Iterator[str]:
    """The values of flags that may be secret.

    Args:
        arguments: A command line.
    """
    return filter(None, _secrets(arguments))


def _secrets(arguments: Sequence[str]) -> Iterator[str]:
    """What of each argument is secret; empty for nothing."""
    for argument, before in zip(arguments, ["", *arguments], strict=False):
        flag, _, value = argument.partition("=")
        yield argument if before in _SECRET_FLAGS else value if flag in _SECRET_FLAGS else ""
