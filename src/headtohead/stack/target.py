"""The API that is measured: the local stack's, or one that is served elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from headtohead.config import Config
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.experiment import Experiment, Request, Variant
from headtohead.host import interrupts
from headtohead.host.sample import HostSample, sample_host
from headtohead.services.databases.postgresql import POSTGRESQL
from headtohead.stack import lifecycle
from headtohead.stack.settings import stack_settings
from headtohead.stack.state import RunningStack, is_held

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where measured requests go.

    Attributes:
        base_url: Scheme, host and port.
        token: What authorises a request to be measured.
        rows: Rows of the main table, 0 where unknown.
        servers: Versions of the servers by name.
        processes: Main process of each server that is the local stack's own, by the server's name;
            of any other server nothing can be seen.
        directory: The local stack's folder; None where the API is not its own.
        own_urls: Where variants are served that have a server of their own, by identity.
        second_url: Where another server like the baseline's is; None without one, where a baseline
            is compared with itself on one and the same server.
        metrics_port: Where the stack's Prometheus looks for the metrics of a run; 0 where there is
            none.
    """

    base_url: str
    token: str
    rows: int
    servers: Mapping[str, str]
    processes: Mapping[str, int] = field(default_factory=dict)
    directory: Path | None = None
    own_urls: Mapping[str, str] = field(default_factory=dict)
    second_url: str | None = None
    metrics_port: int = 0

    @property
    def is_ours(self) -> bool:
        """Whether each of its servers is the local stack's own."""
        return bool(self.servers) and self.servers.keys() == self.processes.keys()

    def sample_host(self) -> HostSample:
        """The machine and the local stack's servers now."""
        # A database has a process for each connection.
        return sample_host(self.processes, childless=[POSTGRESQL])

    def url_of(self, experiment: Experiment, variant: Variant) -> str:
        """Scheme, host and port of what serves a variant; its own server has to be up."""
        if experiment.server_of(variant):
            return self.own_urls[experiment.identity(variant)]
        return self.base_url


@contextmanager
def open_target(
    config: Config, *, progress: Callable[[str], None], experiments: Sequence[Experiment] = ()
) -> Iterator[Target]:
    """The API to measure; a stack that is started for it is stopped again, come what may.

    Args:
        config: All settings.
        progress: Told in a few words what is being done.
        experiments: What it is for; the services that they need are started with the stack.

    Raises:
        ConfigurationError: `config.url` is no address.
        StackError: The local stack does not come up.
    """
    if config.url:
        yield _external(config.url, token=config.token)
        return

    settings = stack_settings(config, experiments)
    # A command may open it within itself, to have it outlast a part.
    held = is_held(settings.directory)
    try:
        yield target_of(lifecycle.up(settings, progress=progress, for_a_while=True))
    finally:
        if not held and is_held(settings.directory):
            with interrupts.uninterrupted():
                lifecycle.down(settings)


def target_of(running: RunningStack) -> Target:
    """The API of a stack that is up."""
    return Target(
        base_url=running.api_url,
        token=running.token,
        rows=running.rows,
        servers={server.name: server.version for server in running.servers},
        processes={server.name: server.pid for server in running.servers if server.pid is not None},
        directory=running.directory,
        metrics_port=running.watched.generator_port if running.watched else 0,
    )


def _external(url: str, *, token: str) -> Target:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(
            f"{url!r} is no address to measure", fix="give one such as http://127.0.0.1:8000"
        )
    return Target(base_url=url.rstrip("/"), token=token, rows=0, servers={})


def client() -> urllib3.PoolManager:
    """What sends requests that nobody times."""
    return urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)


def send(http: urllib3.PoolManager, request: Request, *, base_url: str) -> urllib3.BaseHTTPResponse:
    """The answer to a request.

    Raises:
        MeasurementError: Nothing answers at the address.
    """
    try:
        return http.request(
            request.method,
            base_url + request.path,
            headers=dict(request.headers),
            body=request.body,
            redirect=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise MeasurementError(
            f"nothing answers at {base_url} ({type(error).__name__})",
            fix="start the API, or leave --url out to use the local stack",
        ) from error
