"""The rounds of a comparison: servers of every side started again, and each endpoint's pairs."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from time import monotonic

from headtohead.analysis.verdicts import NEEDED_PAIRS
from headtohead.compare.answers import look
from headtohead.compare.endpoint_tally import EndpointTally
from headtohead.compare.endpoints import BASE, CONTROL, HEAD
from headtohead.compare.finding import Choose, ServedSides
from headtohead.compare.login import RENEWED_AFTER_SECONDS, headers_of_sides
from headtohead.compare.login_settings import Login
from headtohead.config import Config
from headtohead.errors import MeasurementError
from headtohead.host.cores import available_cores
from headtohead.load.control.load_generator import LoadGenerator, load_generator
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.modes.latency.negative_control import BUDGET_SHARE
from headtohead.modes.mode import TOLERATED_ERRORS
from headtohead.records.run import UntimedEndpoint
from headtohead.services.running_server import RunningServer
from headtohead.stack.revision_servers import IsolatedRevisions
from headtohead.stack.target import Target
from headtohead.validity.host import host_caveats, machine

# Every launch is warmed up for every endpoint, so it is done in a fraction of the time to measure.
_WARM_UP = 10
# Times its part of the budget that a launch may take, where requests take long.
_LONGEST = 4


class ComparisonRounds:
    """The rounds of one comparison, and what came of them so far.

    Attributes:
        target: Where the servers of the last round could be looked at.
        tallies: One for each endpoint that can be timed.
        control: That of base against itself, where one is taken.
        untimed: The endpoints that cannot be timed.
    """

    def __init__(
        self,
        *,
        sides: IsolatedRevisions,
        config: Config,
        login: Login | None,
        rounds: int,
        margins: Mapping[str, float],
        note: Callable[[str], None],
    ) -> None:
        self.target = Target(base_url="", token=sides.token, rows=sides.rows, servers={})
        self.tallies: list[EndpointTally] = []
        self.control: EndpointTally | None = None
        self.untimed: list[UntimedEndpoint] = []
        self._sides = sides
        self._headers: dict[str, dict[str, str]] = {}
        self._login = login
        self._logged_in_at = 0.0
        self._config = config
        self._rounds = rounds
        self._spent: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._margins = margins
        self._note = note
        self._random = Random(config.seed)  # noqa: S311 (an experiment's design, not a secret)

    def take(self, choose: Choose) -> None:
        """Take all rounds.

        Raises:
            ConfigurationError: The login does not work.
            MeasurementError: Nothing can be timed.
        """
        for number in range(self._rounds):
            order = [BASE, HEAD, *([CONTROL] if self._config.control else [])]
            self._random.shuffle(order)
            # Its process starts while the servers do.
            with load_generator() as generator, self._sides.served(order) as servers:
                urls = {side: f"http://{server.address}" for side, server in servers.items()}
                self.target = self._target(servers)
                self._log_in(urls)
                if number == 0:
                    self._choose(choose, urls=urls)
                tallies = [*self.tallies, *([self.control] if self.control else [])]
                for tally in self._random.sample(tallies, len(tallies)):
                    self._note(f"{tally.endpoint.name}: round {number + 1} of {self._rounds}")
                    self._take_round(tally, generator=generator, urls=urls)

    def _log_in(self, urls: Mapping[str, str]) -> None:
        """Log in to every side: what a launch gives is not good for the next one."""
        self._logged_in_at = monotonic()
        self._headers = headers_of_sides(
            self._sides, urls=urls, given=self._config.headers, login=self._login
        )

    def _choose(self, choose: Choose, *, urls: Mapping[str, str]) -> None:
        served = ServedSides(urls=urls, headers=self._headers, base=self._sides.projects[BASE])
        endpoints, untimed = choose(served)
        self.untimed += untimed
        looked = look(endpoints, urls=urls, headers=self._headers)
        for endpoint, found in zip(endpoints, looked, strict=True):
            if isinstance(found, UntimedEndpoint):
                self.untimed.append(found)
                continue
            self.tallies.append(
                EndpointTally(
                    endpoint=endpoint,
                    margin=self._margins.get(endpoint.name, self._config.margin),
                    seed=self._config.seed,
                    seen=list(found),
                )
            )
        writes = any(tally.endpoint.writes for tally in self.tallies)
        if self._config.control and writes:
            # They reach base and head alike, and never another server of base.
            self._note("Skipped: no control where requests write, as its rows would be others")
        elif self._config.control and self.tallies:
            self.control = replace(self.tallies[0], variant=CONTROL, seen=[], launches=[])
        if not self.tallies:
            raise MeasurementError(
                "no endpoint can be timed"
                + "".join(
                    f"; {each.method} {each.path}: {each.reason}" for each in self.untimed[:3]
                ),
                fix="name one that answers with --path",
            )

    def _take_round(
        self, tally: EndpointTally, *, generator: LoadGenerator, urls: Mapping[str, str]
    ) -> None:
        if self._login and monotonic() - self._logged_in_at > RENEWED_AFTER_SECONDS:
            self._log_in(urls)
        arms = [
            tally.endpoint.arm(side, url=urls[side], headers=self._headers[side])
            for side in tally.sides
        ]
        seconds = seconds_of_launch(
            taken=sum(map(len, tally.launches)),
            spent=self._spent[tally.variant, tally.endpoint.name],
            left=self._rounds - len(tally.launches),
            budget=self._config.budget * (BUDGET_SHARE if tally is self.control else 1),
            rounds=self._rounds,
        )
        self._spent[tally.variant, tally.endpoint.name] += seconds
        plan = PairPlan(
            baseline=arms[0],
            variants=(arms[1],),
            warm_up=min(_WARM_UP, self._config.warm_up),
            seconds=seconds,
            seed=self._random.randrange(2**32),
        )
        before = self.target.sample_host()
        tally.launches.append(_pairs(plan, generator=generator))
        after = self.target.sample_host()
        use = machine(before, after, ours=self.target.is_ours)
        cores = len(available_cores())
        tally.seen += host_caveats(before, after, machine=use, cores=cores)

    def _target(self, servers: Mapping[str, RunningServer]) -> Target:
        """Where this round's servers can be looked at."""
        there = [*self._sides.servers, *servers.values()]
        return replace(
            self.target,
            servers={server.name: server.version for server in there},
            processes={server.name: server.pid for server in there if server.pid is not None},
        )


def seconds_of_launch(*, taken: int, spent: float, left: int, budget: float, rounds: int) -> float:
    """How long a launch is measured: its part of the budget, or enough for a verdict.

    An endpoint that takes long would use its budget up without one.

    Args:
        taken: Pairs of the launches before.
        spent: Seconds that these were measured.
        left: Launches that are left, this one included.
        budget: Seconds for all launches of an endpoint.
        rounds: How many launches there are.
    """
    part = budget / rounds
    if not spent:
        return part
    # A few fail, or follow the other arm's.
    lacking = 1.2 * NEEDED_PAIRS - taken
    needed = lacking / left * spent / max(taken, 0.5)
    return min(max(part, needed), _LONGEST * part)


def _pairs(plan: PairPlan, *, generator: LoadGenerator) -> list[Pair]:
    pairs: list[Pair] = []
    generator.start(plan)
    for batch in generator.batches():
        pairs += batch
        if sum(pair.failed for pair in pairs) > TOLERATED_ERRORS:
            generator.close_comparison(0)
    return pairs
