"""Server processes: start one that outlives this one, find it later, stop it; their logs."""

import os
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
_TICK = 0.02  # seconds; a start is counted in hundredths
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


def started_at(pid: int) -> float:
    """When a process began: seconds since the machine's start, which nobody's clock changes.

    Raises:
        psutil.NoSuchProcess: There is none.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        raise psutil.NoSuchProcess(pid) from None
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def recorded(pid: int, *, created: float) -> psutil.Process | None:
    """The live process that had this id and start, never a stranger who got the id later.

    Args:
        pid: Process id.
        created: Its start as `started_at` gave it.
    """
    with suppress(psutil.NoSuchProcess):
        if abs(started_at(pid) - created) <= _TICK and alive(process := psutil.Process(pid)):
            return process
    return None


def mark(pid: int) -> str:
    """What tells a process from any other, even one that gets its id later."""
    return f"{pid} {started_at(pid)}"


def marked(text: str) -> psutil.Process | None:
    """The live process that `mark` gave this text for."""
    try:
        pid, created = text.split()
        return recorded(int(pid), created=float(created))
    except ValueError:
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
    # `spawn` makes a session for each. By it those are found that are started meanwhile, whose
    # parent may be gone.
    sessions = {root.pid for root in roots if _session(root.pid) == root.pid}
    family = roots.union(*(_children(process) for process in roots))
    try:
        for process in roots - set().union(*(_children(process) for process in roots)):
            _send(process, request)
        _await_end(family, patience=patience)
        deadline = time.monotonic() + _KILL_PATIENCE
        while left := _left(family, sessions):
            if time.monotonic() > deadline:
                stuck = ", ".join(str(process.pid) for process in left)
                raise StackError(
                    f"processes do not end: {stuck}", fix="find out what they wait for"
                )
            for process in left:
                _send(process, signal.SIGKILL)
            time.sleep(POLL)
    except psutil.AccessDenied as error:
        raise StackError(
            f"process {error.pid} of the stack belongs to another user", fix="stop it as that user"
        ) from error


def _left(family: set[psutil.Process], sessions: set[int]) -> set[psutil.Process]:
    """What is still alive of a family, with whatever its members have started."""
    grown = family.union(*(_children(process) for process in family))
    if sessions:
        grown |= {
            process
            for process in psutil.process_iter()
            if process.pid not in sessions and _session(process.pid) in sessions
        }
    return {process for process in grown if alive(process)}


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _children(process: psutil.Process) -> set[psutil.Process]:
    try:
        return set(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return set()


def _send(process: psutil.Process, request: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(request)


def _await_end(processes: Iterable[psutil.Process], *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while any(alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(POLL)


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
