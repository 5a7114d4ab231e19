"""Background load of a run: which journey, how many users, and what became of it meanwhile."""

import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from time import monotonic

from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.host.cores import available_cores, server_cores
from headtohead.load.control.background import BackgroundLoad, background_load
from headtohead.load.messages.background import BackgroundPlan, BackgroundTally
from headtohead.records.results import BackgroundUse, Caveat
from headtohead.stack.target import Target
from headtohead.validity import generator
from headtohead.validity.generator import TOLERATED_ERRORS

# At the pace of people, three requests a second.
DEFAULT_USERS = 20


@dataclass(frozen=True, kw_only=True)
class BackgroundScenario:
    """A journey and how many users take it."""

    name: str
    users: int


@dataclass(frozen=True, kw_only=True)
class BackgroundSnapshot:
    """What background load had come to at one moment.

    Attributes:
        scenario: Who is on their way.
        at: Seconds of the monotonic clock.
        tally: What they have done; None where their process has ended.
        problem: What such a process said last.
    """

    scenario: BackgroundScenario
    at: float
    tally: BackgroundTally | None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Background:
    """Background load that is under way."""

    scenario: BackgroundScenario
    load: BackgroundLoad

    def look(self) -> BackgroundSnapshot:
        """See what it has come to."""
        at, tally = monotonic(), self.load.tally()
        problem = self.load.last_words() if tally is None else ""
        return BackgroundSnapshot(scenario=self.scenario, at=at, tally=tally, problem=problem)


def chosen_scenario(config: Config) -> BackgroundScenario | None:
    """The journey that is to run beside the experiments; None where there is to be none.

    Raises:
        ConfigurationError: The project has no such journey, or the number of users is none.
    """
    if config.background is None:
        return None
    name, _, users = config.background.partition(":")
    known = scenario_names(config.scenarios)
    if name not in known:
        raise ConfigurationError(
            f"--background is {config.background!r}",
            fix=f"give NAME or NAME:USERS with one of {', '.join(known)}"
            if known
            else f"there are no journeys in {config.scenarios!r}, so name the package that has "
            "some as `scenarios` in [tool.headtohead]",
        )
    try:
        number = int(users or DEFAULT_USERS)
    except ValueError:
        number = 0
    if number < 1:
        raise ConfigurationError(
            f"--background is {config.background!r}", fix=f"give users as in {name}:20"
        )
    return BackgroundScenario(name=name, users=number)


def scenario_names(package: str) -> tuple[str, ...]:
    """The journeys of a package, one a module; none is imported, as that would patch this process.

    Args:
        package: Its dotted name; its parent, if it has one, is imported.
    """
    try:
        spec = find_spec(package)
    except ImportError:
        return ()
    folders = spec.submodule_search_locations if spec else None
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folders or [])))


@contextmanager
def open_background(
    config: Config, *, target: Target, note: Callable[[str], None]
) -> Iterator[Background | None]:
    """Background load until the block ends, None where nobody asked for it.

    It keeps off the generator's core, where there are two, and shares those of the servers.

    Args:
        config: Whether there is any, and which.
        target: The API.
        note: Told who is waited for.

    Raises:
        ConfigurationError: It cannot be put on.
    """
    scenario = chosen_scenario(config)
    if scenario is None:
        yield None
        return
    note(f"Starting {scenario.name} with {scenario.users} users in the background")
    plan = BackgroundPlan(
        root=str(config.root),
        module=f"{config.scenarios}.{scenario.name}",
        base_url=target.base_url,
        users=scenario.users,
    )
    with background_load(plan, cores=server_cores(available_cores())) as load:
        yield Background(scenario=scenario, load=load)


def background_use(
    before: BackgroundSnapshot | None, after: BackgroundSnapshot | None
) -> BackgroundUse | None:
    """What background load did between two looks; None where there was none."""
    if before is None or after is None:
        return None
    requests, errors = _between(before, after)
    return BackgroundUse(
        scenario=after.scenario.name,
        users=after.scenario.users,
        requests=requests,
        errors=errors,
        requests_per_second=requests / (after.at - before.at),
    )


def background_caveats(
    before: BackgroundSnapshot | None, after: BackgroundSnapshot | None
) -> Iterator[Caveat]:
    """What is wrong with the load that should have run beside an experiment."""
    if before is None or after is None:
        return
    if after.tally is None:
        yield generator.background_lost(scenario=after.scenario.name, reason=after.problem)
        return
    requests, errors = _between(before, after)
    if errors:
        yield generator.background_errors(
            scenario=after.scenario.name,
            errors=errors,
            requests=requests,
            example=after.tally.example,
            invalidates=errors > TOLERATED_ERRORS * requests,
        )


def _between(before: BackgroundSnapshot, after: BackgroundSnapshot) -> tuple[int, int]:
    """Requests and errors; of a process that has ended nothing is known."""
    if before.tally is None or after.tally is None:
        return 0, 0
    return (
        after.tally.requests - before.tally.requests,
        after.tally.errors - before.tally.errors,
    )
