"""What servers of ours share: started and awaited, found again by their folder, stopped; a log."""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from pwd import struct_passwd
from typing import TypeVar

import psutil

from headtohead.errors import StackError
from headtohead.host import processes

T = TypeVar("T")

# A free port may be taken by somebody else before the server gets it.
ATTEMPTS = 5


@dataclass(frozen=True, kw_only=True)
class ServerProcess:
    """A server that works in a folder of its own, by which it is found again.

    Attributes:
        name: What messages call it.
        programs: Names of its programs.
        folder: Its working directory.
        log: What it prints.
        start_seconds: How long it may take to answer after its start.
        stop_seconds: How long it may take to end.
        ending: The signal that asks it to end at once.
    """

    name: str
    programs: tuple[str, ...]
    folder: Path
    log: Path
    start_seconds: float
    stop_seconds: float = 5.0
    ending: signal.Signals = signal.SIGTERM

    def find(self) -> tuple[psutil.Process, ...]:
        """Every live process of this server."""
        return processes.working_in(self.folder, *self.programs)

    def stop(self, *, seconds: float | None = None) -> bool:
        """Stop this server; False when it does not run."""
        found = self.find()
        patience = self.stop_seconds if seconds is None else seconds
        processes.stop(found, request=self.ending, patience=patience)
        return bool(found)

    def start(
        self,
        command: Sequence[str | Path],
        *,
        answer: Callable[[], T | None],
        environment: Mapping[str, str] = os.environ,
        folder: Path | None = None,
        account: struct_passwd | None = None,
    ) -> tuple[psutil.Process, T] | None:
        """Start it and wait until it answers.

        Args:
            command: Program and arguments.
            answer: What it answers; None as long as it does not.
            environment: Its environment.
            folder: Its working directory, if that is below `self.folder`.
            account: The account that it runs as; None for ours.

        Returns:
            Its process and its answer; None if it ended without one.

        Raises:
            StackError: It does not answer in time.
        """
        processes.rotate_log(self.log)
        process = processes.spawn(
            command,
            directory=folder or self.folder,
            environment=environment,
            log=self.log,
            account=account,
        )
        deadline = time.monotonic() + self.start_seconds
        while processes.alive(process):
            found = answer()
            if found is not None:
                return process, found
            if time.monotonic() > deadline:
                raise StackError(
                    f"{self.name} does not answer {self.start_seconds:.0f} s after its start",
                    fix=f"see {self.log}",
                )
            time.sleep(processes.POLL)
        return None

    def failure(self, *, more: str = "") -> StackError:
        """What to say where it ended instead of answering."""
        line = processes.telling_line(processes.read_log(self.log))
        return StackError(f"{self.name} does not start: {line}", fix=f"see {self.log}{more}")


def wheel_folder(package: str) -> Path:
    """The folder that a server's wheel is installed in, whose own code is not imported.

    Raises:
        StackError: It is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StackError(f"the package {package} is not installed", fix="pip install headtohead")
    return Path(spec.submodule_search_locations[0])
