"""Server processes: start one that outlives this one, find it later, stop it; their logs."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from pwd import struct_passwd
from typing import Any

import psutil

from headtohead.errors import StackError
from headtohead.host.cores import available_cores, server_cores, starting_on

POLL = 0.02  # seconds between two looks at something awaited
_CLOCK_STEP = 2.0  # seconds; a start is derived from the wall clock, which gets adjusted
_KILL_PATIENCE = 5.0  # seconds
_ERROR = re.compile(r"(?:FATAL|PANIC): .*|(?<=\[ERROR\] ).*|^\w*Error: .*")
# gunicorn's own steps, among them those by which it gives up after the error that matters.
_STEP = re.compile(r"\[INFO\]|\[ERROR\] (?:Reason: |Worker \(pid|Shutting down)")
_TRACEBACK = "Traceback (most recent call last):"


def spawn(
    command: Sequence[str | Path],
    *,
    directory: Path,
    environment: Mapping[str, str],
    log: Path,
    account: struct_passwd | None = None,
    descriptors: Sequence[int] = (),
) -> psutil.Process:
    """Start a server on the servers' cores, out of reach of this terminal's Ctrl-C.

    Args:
        command: Program and arguments.
        directory: Its working directory.
        environment: Its whole environment.
        log: Receives what it prints.
        account: Whom to run it as; None is whoever runs this.
        descriptors: Open files it inherits under the same numbers.
    """
    with log.open("ab") as output, starting_on(server_cores(available_cores())):
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=descriptors,
            **identity_of(account),
        )
    # It is meant to outlive this process: without a return code Python would warn that it does.
    process.returncode = 0
    return psutil.Process(process.pid)


def identity_of(account: struct_passwd | None) -> dict[str, Any]:
    """The arguments that make `subprocess` run a command as that account and nothing more."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def recorded(pid: int, *, created: float) -> psutil.Process | None:
    """The live process that had this id and start time, never a stranger who got the id later.

    Args:
        pid: Process id.
        created: Its start as `psutil.Process.create_time` gave it, in seconds since 1970.
    """
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if abs(process.create_time() - created) <= _CLOCK_STEP and alive(process):
            return process
    return None


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that ended but was not waited for does not."""
    with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        # Its first thread may end before the others do: then it is a zombie that is still at work.
        if process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1:
            return process.is_running()
        # If this process started it, it stays in the process table until it is waited for here.
        process.wait(timeout=0)
    return False


def find(belongs: Callable[[psutil.Process], bool]) -> tuple[psutil.Process, ...]:
    """The live processes for which `belongs` holds; those we may not look into are not ours."""

    def matching() -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.AccessDenied, psutil.NoSuchProcess):
                if belongs(process) and alive(process):
                    yield process

    return tuple(matching())


def working_in(directory: Path, *names: str) -> tuple[psutil.Process, ...]:
    """The live processes of those names whose working directory is `directory` or below."""
    return find(
        lambda process: process.name() in names and Path(process.cwd()).is_relative_to(directory)
    )


def stop(processes: Iterable[psutil.Process], *, request: signal.Signals, patience: float) -> None:
    """Ask processes to end, kill what is left, and return when they and their children are gone.

    Args:
        processes: What to stop; a child of another one here is left to its parent.
        request: The signal that asks.
        patience: Seconds before they are killed.

    Raises:
        StackError: They belong to another user, or do not even end when killed.
    """
    roots = set(processes)
    family = roots.union(*(_children(process) for process in roots))
    try:
        for process in roots - set().union(*(_children(process) for process in roots)):
            _send(process, request)
        if not _gone(family, patience=patience):
            family |= _held(family)
            for process in family:
                _send(process, signal.SIGKILL)
    except psutil.AccessDenied as error:
        raise StackError(
            f"process {error.pid} of the stack belongs to another user", fix="stop it as that user"
        ) from error
    if not _gone(family, patience=_KILL_PATIENCE):
        stuck = ", ".join(str(process.pid) for process in family if alive(process))
        raise StackError(f"process {stuck} does not end", fix="find out what it waits for")


def _held(family: set[psutil.Process]) -> set[psutil.Process]:
    """Keep these from starting more, and find what they started after they were asked to end."""
    found: set[psutil.Process] = set()
    added = family
    while added:
        for process in added:
            _send(process, signal.SIGSTOP)
        found |= added
        added = set().union(*(_children(process) for process in found)) - found
    return found


def _children(process: psutil.Process) -> set[psutil.Process]:
    try:
        return set(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return set()


def _send(process: psutil.Process, request: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(request)


def _gone(processes: Iterable[psutil.Process], *, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while any(alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def rotate_log(log: Path) -> None:
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


def read_log(log: Path) -> str:
    """The text of a log, however broken its encoding."""
    return log.read_text(encoding="utf-8", errors="replace")
