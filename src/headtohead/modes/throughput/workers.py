"""The workers that a run asks for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from headtohead.config import MASTER_PORT, Config
from headtohead.errors import ConfigurationError
from headtohead.host.cores import available_cores, generator_cores
from headtohead.load.control.distributed import Fleet, open_fleet
from headtohead.load.messages.distributed import Incomplete, WorkerLost
from headtohead.records.results import Caveat
from headtohead.stack.target import Target
from headtohead.validity import generator


def require_workers(config: Config) -> None:
    """See that every worker has a user, and a place to come to.

    Raises:
        ConfigurationError: One has not.
    """
    workers = config.workers + config.remote_workers
    if config.users[0] < workers:
        raise ConfigurationError(
            f"{workers} workers cannot share {config.users[0]} of --users {config.users}",
            fix=f"give at least --users {workers}, or fewer workers",
        )
    _address(config)


@contextmanager
def open_workers(
    config: Config, *, target: Target, note: Callable[[str], None]
) -> Iterator[Fleet | None]:
    """The workers of a run, None where it does without; they are gone when the block ends.

    Args:
        config: How many, and where.
        target: What they put load on. Those of this machine keep off the cores of the local
            stack's servers, as any generator does, and take all cores where there are none.
        note: Told who is waited for.

    Raises:
        ConfigurationError: They cannot be had, or would not reach the API.
    """
    if not config.workers + config.remote_workers:
        yield None
        return
    host, port = _address(config)
    if not host.is_loopback and _is_loopback(target.base_url):
        raise ConfigurationError(
            f"workers on other hosts do not reach the API at {target.base_url}",
            fix="serve it at an address that they reach and name that with --url",
        )
    cores = available_cores()
    with open_fleet(
        local=config.workers,
        remote=config.remote_workers,
        host=str(host),
        port=port,
        wait=config.worker_wait,
        cores=generator_cores(cores) if target.processes else cores,
        note=note,
    ) as fleet:
        yield fleet


def fleet_caveats(fleet: Fleet | None) -> Iterator[Caveat]:
    """What the loss of a worker, or of what it measured, says against a run."""
    match fleet.broken if fleet else None:
        case WorkerLost(worker=worker, host=host, reason=reason):
            yield generator.worker_lost(worker=worker + 1, host=host, reason=reason)
        case Incomplete(worker=worker, missing=missing):
            yield generator.samples_missing(worker=worker + 1, missing=missing)


def _address(config: Config) -> tuple[IPv4Address, int]:
    host, _, port = config.master_bind.partition(":")
    usual = MASTER_PORT if config.remote_workers else 0
    problem = ConfigurationError(
        f"--master-bind is {config.master_bind!r}",
        fix="give an IPv4 address of this machine, such as 127.0.0.1 or 10.0.0.1:5557",
    )
    try:
        address, number = IPv4Address(host), int(port or usual)
    except ValueError:
        raise problem from None
    if not 0 <= number < 65536:
        raise problem
    return address, number


def _is_loopback(url: str) -> bool:
    name = urlsplit(url).hostname or ""
    try:
        return IPv4Address(name).is_loopback
    except ValueError:
        return name in {"localhost", "::1"}
