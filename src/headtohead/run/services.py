"""Experiments that cannot be run here, for lack of a service that they need."""

from collections.abc import Callable, Sequence

from headtohead import stack
from headtohead.config import Config
from headtohead.errors import StackError
from headtohead.experiment import Experiment
from headtohead.run.target import stack_settings


def lack_of(experiment: Experiment, *, config: Config) -> StackError | None:
    """Why a service that the experiment needs cannot be had, and what brings it."""
    settings = stack_settings(config)
    lacks = (stack.missing(service, settings=settings) for service in experiment.needs)
    return next((lack for lack in lacks if lack is not None), None)


def runnable(
    experiments: Sequence[Experiment], *, config: Config, note: Callable[[str], None]
) -> tuple[Experiment, ...]:
    """The experiments whose services can be had; which others are skipped, and why, is noted.

    What a server at --url has is not known, so nothing is skipped there.
    """
    if config.url:
        return tuple(experiments)
    kept = []
    for experiment in experiments:
        lack = lack_of(experiment, config=config)
        if lack is None:
            kept.append(experiment)
        else:
            note(f"{experiment.name} is skipped: {lack}")
    return tuple(kept)
