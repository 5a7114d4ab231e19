"""A whole comparison: both revisions served side by side, launch after launch, then the record."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic
from types import MappingProxyType

from headtohead import caveats, stack
from headtohead.compare.endpoints import BASE, HEAD, Endpoint
from headtohead.compare.preflight import look
from headtohead.compare.tally import CLAIM_RATE, EndpointTally, judged
from headtohead.config import Config
from headtohead.errors import MeasurementError
from headtohead.load.plan import Pair, PairPlan
from headtohead.load.process import LoadGenerator, load_generator
from headtohead.measurement import (
    SCHEMA_VERSION,
    ComparedRevision,
    Revisions,
    Run,
    UntimedEndpoint,
    write_record,
)
from headtohead.revisions import Revision, checked_out
from headtohead.run import environment
from headtohead.run.conditions import clock_caveats, machine, machine_caveats, restart_caveats
from headtohead.run.measure import TOLERATED_ERRORS
from headtohead.run.reading import read
from headtohead.run.results import new_run_id, run_directory
from headtohead.run.target import Target, open_target, stack_settings

# Every launch is warmed up for every endpoint, so it is done in a fraction of the time to measure.
_WARM_UP = 10

# Given the address of head's server, what to ask for and what cannot be.
Choose = Callable[[str, str], tuple[Sequence[Endpoint], Sequence[UntimedEndpoint]]]


def compare(
    base: str,
    head: str | None,
    *,
    choose: Choose,
    rounds: int,
    config: Config,
    note: Callable[[str], None],
    write_reports: Callable[[Run, Path], None],
    margins: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Run, Path]:
    """Measure two revisions of a project against each other and write the record.

    Args:
        base: A branch, tag or hash.
        head: Another one; None for the working tree.
        choose: Given the address and the token of head's server, says what to ask for.
        rounds: How often the servers are started anew.
        config: All settings; `budget` is each endpoint's, all rounds together.
        note: Told in a few words what is being done.
        write_reports: Writes what is derived from the record into the run's folder.
        margins: The smallest effects that matter on endpoints that have one of their own, by name.

    Returns:
        The record, and the folder that holds it.

    Raises:
        RevisionError: A revision cannot be had.
        StackError: A server does not come up.
        MeasurementError: Nothing could be timed.
    """
    started_at, started = datetime.now(UTC), monotonic()
    run_id = new_run_id(started_at, results=config.results_directory)
    load_before = os.getloadavg()[0]
    with (
        run_directory(run_id, results=config.results_directory) as directory,
        checked_out(
            base,
            head,
            root=config.root,
            directory=config.stack_directory,
            lock=config.lock,
            note=note,
        ) as revisions,
        open_target(config, progress=note) as target,
        stack.apart(
            stack_settings(config),
            dict(zip((BASE, HEAD), revisions, strict=True)),
            rows=config.rows,
            seed=config.seed,
            progress=note,
        ) as sides,
    ):
        taking = _Taking(
            sides=sides, target=target, config=config, rounds=rounds, margins=margins, note=note
        )
        taking.take(choose)
        question = "Is GET {path} as fast at {head} as at {base}?"
        measured, tallies = [], []
        for tally in taking.tallies:
            labels = {"head": revisions[1].label, "base": revisions[0].label}
            arms = [tally.endpoint.arm(side, url="", token="") for side in (BASE, HEAD)]
            try:
                measured.append(
                    tally.measured(
                        question=question.format(path=tally.endpoint.path, **labels), arms=arms
                    )
                )
            except MeasurementError as error:
                # The others' answers are none the worse for it; the record is invalid all the same.
                taking.untimed.append(
                    UntimedEndpoint(path=tally.endpoint.path, reason=error.problem, kind="failed")
                )
            else:
                tallies.append(tally)
        for each in measured:
            each.write_raw(directory)
        record = Run(
            schema=SCHEMA_VERSION,
            run_id=run_id,
            started_at=started_at,
            seconds=monotonic() - started,
            complete=True,
            git=environment.git_state(config.root),
            environment=environment.describe(
                servers=taking.target.servers,
                rows=sides.rows,
                load_before=load_before,
                load_after=os.getloadavg()[0],
            ),
            experiments=judged(tallies, [each.result for each in measured]),
            revisions=Revisions(
                base=_compared(revisions[0]),
                head=_compared(revisions[1]),
                rounds=rounds,
                error_rate=CLAIM_RATE,
                untimed=tuple(taking.untimed),
            ),
        )
        write_reports(record, directory)
        write_record(record, directory)
    return record, config.results_directory / run_id


class _Taking:
    """The rounds of one comparison, and what came of them so far."""

    def __init__(
        self,
        *,
        sides: stack.Apart,
        target: Target,
        config: Config,
        rounds: int,
        margins: Mapping[str, float],
        note: Callable[[str], None],
    ) -> None:
        self.target = target
        self.tallies: list[EndpointTally] = []
        self.untimed: list[UntimedEndpoint] = []
        self._sides = sides
        self._config = config
        self._rounds = rounds
        self._margins = margins
        self._note = note
        self._random = Random(config.seed)  # noqa: S311 (an experiment's design, not a secret)

    def take(self, choose: Choose) -> None:
        """Take all rounds.

        Raises:
            MeasurementError: Nothing can be timed.
        """
        for number in range(self._rounds):
            order = [BASE, HEAD]
            self._random.shuffle(order)
            # Its process starts while the servers do.
            with load_generator() as generator, self._sides.served(order) as servers:
                urls = {side: f"http://{server.address}" for side, server in servers.items()}
                self.target = self._target(servers)
                if number == 0:
                    self._choose(choose, urls=urls)
                for tally in self._random.sample(self.tallies, len(self.tallies)):
                    self._note(f"{tally.endpoint.name}: round {number + 1} of {self._rounds}")
                    self._take_round(tally, generator=generator, urls=urls)

    def _choose(self, choose: Choose, *, urls: Mapping[str, str]) -> None:
        endpoints, untimed = choose(urls[HEAD], self._sides.token)
        self.untimed += untimed
        for endpoint in endpoints:
            found = look(endpoint, urls=urls, token=self._sides.token)
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
        if not self.tallies:
            raise MeasurementError(
                "no endpoint can be timed"
                + "".join(f"; {each.path}: {each.reason}" for each in self.untimed[:3]),
                fix="name one that answers with --path",
            )

    def _take_round(
        self, tally: EndpointTally, *, generator: LoadGenerator, urls: Mapping[str, str]
    ) -> None:
        arms = [
            tally.endpoint.arm(side, url=urls[side], token=self._sides.token)
            for side in (BASE, HEAD)
        ]
        plan = PairPlan(
            baseline=arms[0],
            variants=(arms[1],),
            warm_up=min(_WARM_UP, self._config.warm_up),
            seconds=self._config.budget / self._rounds,
            seed=self._random.randrange(2**32),
        )
        before = read(self.target)
        tally.launches.append(_pairs(plan, generator=generator))
        after = read(self.target)
        tally.seen += [
            *restart_caveats(before, after),
            *clock_caveats(before.clocks, after.clocks),
            *machine_caveats(machine(before, after, target=self.target)),
        ]
        if len(os.sched_getaffinity(0)) == 1:
            tally.seen.append(caveats.single_core())

    def _target(self, servers: Mapping[str, stack.Server]) -> Target:
        """Where this round's servers can be looked at."""
        there = [*self._sides.servers, *servers.values()]
        return replace(
            self.target,
            servers={server.name: server.version for server in there},
            processes={server.name: server.pid for server in there if server.pid is not None},
        )


def _pairs(plan: PairPlan, *, generator: LoadGenerator) -> list[Pair]:
    pairs: list[Pair] = []
    generator.start(plan)
    for batch in generator.batches():
        pairs += batch
        if sum(pair.failed for pair in pairs) > TOLERATED_ERRORS:
            generator.close_comparison(0)
    return pairs


def _compared(revision: Revision) -> ComparedRevision:
    return ComparedRevision(name=revision.label, commit=revision.commit, changed=revision.changed)
