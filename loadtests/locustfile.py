"""Every experiment as a Locust user class, for Locust's own command line and web page.

    h2h up
    locust -f loadtests/locustfile.py --class-picker

Each user takes request pairs until the test is stopped, and then the comparisons are printed. The
local stack is used unless --host names another server, which then needs its H2H_TOKEN. A verdict to
rely on comes from `h2h run`, which checks bodies first and keeps a record.
"""

import math
import os
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import abort, request
from locust import events
from locust.env import Environment

from headtohead.config_loading import load_config
from headtohead.experiment import Experiment
from headtohead.experiment_registry import load_experiments
from headtohead.load.generator.latency import PairUser
from headtohead.load.generator.user import record_sample
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.modes.arms import arms_of
from headtohead.modes.latency.pair_tally import ComparisonTally
from headtohead.protocol.own_ports import is_foreign
from headtohead.stack import lifecycle
from headtohead.stack.settings import stack_settings


def refuse_other_sites(environment: Environment, **_: Any) -> None:
    """Let no page of another site, which any browser may be shown, start load or read results."""
    if environment.web_ui:

        @environment.web_ui.app.before_request
        def refuse() -> None:
            given = request.headers
            if is_foreign(host=given.get("Host", ""), origin=given.get("Origin", "")):
                abort(HTTPStatus.FORBIDDEN)


events.init.add_listener(refuse_other_sites)
CONFIG = load_config(start=Path(__file__).parent, environment=os.environ, flags={})
TALLIES: list[ComparisonTally] = []


def user_classes() -> Iterator[type[PairUser]]:
    """A user class for every experiment, named as a class would be: ProductList."""
    sys.path.insert(0, str(CONFIG.root))
    running = lifecycle.status(stack_settings(CONFIG))
    for experiment in load_experiments(CONFIG.experiments).select_timed([]):
        if experiment.needs_servers:  # which only `h2h run` starts
            continue
        yield user_class(
            experiment,
            host=running.api_url if running else None,
            token=running.token if running else CONFIG.token,
        )


def user_class(experiment: Experiment, *, host: str | None, token: str) -> type[PairUser]:
    """The user class of one experiment; its pairs go to `TALLIES`."""
    tallies = [
        ComparisonTally(
            baseline=experiment.identity(experiment.baseline),
            variant=experiment.identity(variant),
            margin=CONFIG.margin,
            early_stop=True,
        )
        for variant in experiment.variants
    ]
    TALLIES.extend(tallies)

    # Wherever Locust is told to go.
    baseline, *variants = arms_of(experiment, url_of=lambda *_: "", token=token)

    def pair_taken(_user: PairUser, pair: Pair) -> None:
        tallies[pair.variant].pairs.append(pair)

    return type(
        experiment.name.title().replace("-", ""),
        (PairUser,),
        {
            "__doc__": experiment.question,
            "host": host,
            "plan": PairPlan(
                baseline=baseline,
                variants=tuple(variants),
                warm_up=CONFIG.warm_up,
                seconds=math.inf,
                seed=CONFIG.seed,
            ),
            "pair_taken": pair_taken,
        },
    )


@events.init.add_listener
def listen(environment, **_):
    """Take raw times from the request event."""
    environment.events.request.add_listener(record_sample)


@events.test_stop.add_listener
def print_comparisons(**_):
    """Say what the pairs taken so far amount to."""
    for tally in TALLIES:
        if tally.sound_pairs():
            outcome = tally.comparison(valid=True)
            low, high = outcome.ci95
            print(  # noqa: T201 (Locust's console is where its users look)
                f"{tally.baseline} -> {tally.variant}: ratio {outcome.ratio:.3f} "
                f"[{low:.3f}, {high:.3f}], {outcome.verdict} ({outcome.pairs} pairs)"
            )


globals().update({each.__name__: each for each in user_classes()})
