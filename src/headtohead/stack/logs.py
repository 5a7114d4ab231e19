"""What the servers print: kept per server, the previous one beside it, and read when one dies."""

import re
from pathlib import Path

_ERROR = re.compile(r"(?:FATAL|PANIC): .*|(?<=\[ERROR\] ).*|^\w*Error: .*")
# gunicorn's own steps, among them those by which it gives up after the error that matters.
_STEP = re.compile(r"\[INFO\]|\[ERROR\] (?:Reason: |Worker \(pid|Shutting down)")
_TRACEBACK = "Traceback (most recent call last):"


def rotate(log: Path) -> None:
    """Make room for the log of a new start; the previous one gets the suffix `.1`."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


def telling_line(text: str) -> str:
    """The line of a log that says why a program failed: its exception, its last error, its end."""
    _, traceback, tail = text.rpartition(_TRACEBACK)
    if traceback:
        lines = [line for line in tail.splitlines() if line.strip() and line[0] not in " \t"]
        return lines[0].strip() if lines else _TRACEBACK
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _STEP.search(line)]
    errors = [found[0] for line in lines if (found := _ERROR.search(line))]
    return (errors or lines or ["it printed nothing"])[-1]


def read(log: Path) -> str:
    """The text of a log, however broken its encoding."""
    return log.read_text(encoding="utf-8", errors="replace")
