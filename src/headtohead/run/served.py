"""The servers that variants need for themselves, up for as long as they are asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from headtohead import stack
from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment
from headtohead.experiment import Server as DeclaredServer
from headtohead.run.target import Target


@contextmanager
def served(
    experiment: Experiment,
    *,
    target: Target,
    note: Callable[[str], None],
    twice: bool = False,
) -> Iterator[Target]:
    """The target with the experiment's own servers beside it; they are gone when the block ends.

    All of them are up for the whole block, whichever is asked: those that are not are idle.

    Args:
        experiment: Whose variants are going to be asked; most need no server of their own, and
            then the target stays as it is.
        target: The API.
        note: Told in a few words what takes a moment.
        twice: Whether to start the baseline's server a second time, so that one process can be
            compared with another that differs in nothing.

    Raises:
        ConfigurationError: The API is not the local stack's, so that nothing can be started.
        StackError: A server does not come up.
    """
    if not experiment.needs_servers:
        yield target
        return
    if target.directory is None:
        raise _not_ours(experiment)
    servers = _named_servers(experiment)
    identities = {
        experiment.identity(variant): name
        for variant in experiment.all_variants
        for name, server in servers.items()
        if server == experiment.server_of(variant)
    }
    of_baseline = experiment.server_of(experiment.baseline)
    second = f"{experiment.identity(experiment.baseline)} again"
    if twice and of_baseline:
        servers[second] = of_baseline
    note(f"{experiment.name}: starting servers of its own")
    with stack.beside(target.directory, servers) as started:
        urls = {name: f"http://{started[name].address}" for name in servers}
        yield replace(
            target,
            servers={**target.servers, **{each.name: each.version for each in started.values()}},
            processes={
                **target.processes,
                **{each.name: each.pid for each in started.values() if each.pid is not None},
            },
            own_urls={identity: urls[name] for identity, name in identities.items()},
            second_url=urls.get(second),
        )


def servable(
    experiments: Sequence[Experiment], *, config: Config, note: Callable[[str], None]
) -> tuple[Experiment, ...]:
    """The experiments whose servers can be had; which others are skipped, and why, is noted."""
    if not config.url:
        return tuple(experiments)
    for experiment in experiments:
        if experiment.needs_servers:
            note(f"Skipped: {_not_ours(experiment)}")
    return tuple(each for each in experiments if not each.needs_servers)


def _not_ours(experiment: Experiment) -> ConfigurationError:
    return ConfigurationError(
        f"{experiment.name} starts servers of its own, which only the local stack can",
        fix="leave --url out, or name other experiments",
    )


def _named_servers(experiment: Experiment) -> dict[str, DeclaredServer]:
    """The distinct servers, each by the identity of the first variant that needs it."""
    servers: dict[str, DeclaredServer] = {}
    for variant in experiment.all_variants:
        server = experiment.server_of(variant)
        if server and server not in servers.values():
            servers[experiment.identity(variant)] = server
    return servers
