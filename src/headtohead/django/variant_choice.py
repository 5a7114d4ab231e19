"""Which variant serves the request at hand."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import wraps
from inspect import iscoroutinefunction
from typing import ParamSpec, TypeVar, cast

from asgiref.sync import sync_to_async
from django.utils.module_loading import import_string

from headtohead.django.observation import Choice, current_observation
from headtohead.experiment import Experiment, Variant
from headtohead.experiment_registry import Registry

P = ParamSpec("P")
R = TypeVar("R")

# Within a variant, seams run their own body.
_within: ContextVar[bool] = ContextVar("headtohead_within_variant", default=False)


def current_choice() -> Choice | None:
    """The choice in force, or None."""
    return None if _within.get() else current_observation().choice


def seam(function: Callable[P, R]) -> Callable[P, R]:
    """Let experiments stand variants in for this function.

    Without a choice, or with one that concerns another seam, the function's own body runs. Within a
    variant the seam is the function itself again, so a variant may build on what it replaces.

    A seam that is async takes variants that are not: they run in a thread, as Django's sync views.
    """
    path = f"{function.__module__}.{function.__qualname__}"
    if iscoroutinefunction(function):
        return cast(Callable[P, R], _async_seam(function, path=path))

    @wraps(function)
    def dispatch(*args: P.args, **kwargs: P.kwargs) -> R:
        choice = current_choice()
        if choice is None or choice.seam != path:
            return function(*args, **kwargs)
        current_observation().variant = choice.identity
        token = _within.set(True)
        try:
            result: R = choice.selector(*args, **kwargs)
        finally:
            _within.reset(token)
        return result

    return dispatch


def _async_seam(function: Callable[P, Awaitable[R]], *, path: str) -> Callable[P, Awaitable[R]]:
    @wraps(function)
    async def dispatch(*args: P.args, **kwargs: P.kwargs) -> R:
        choice = current_choice()
        if choice is None or choice.seam != path:
            return await function(*args, **kwargs)
        current_observation().variant = choice.identity
        selector = choice.selector
        if not iscoroutinefunction(selector):
            selector = sync_to_async(selector)
        token = _within.set(True)
        try:
            result: R = await selector(*args, **kwargs)
        finally:
            _within.reset(token)
        return result

    return dispatch


class Chooser:
    """Turns the names in a request into a choice among the declared variants."""

    def __init__(self, registry: Registry) -> None:
        self._declared = {
            (experiment.name, variant.name): (experiment, variant)
            for experiment in registry
            for variant in experiment.all_variants
        }
        self._choices: dict[tuple[str, str], Choice] = {}

    def choose(self, experiment: str, variant: str) -> Choice | None:
        """The choice of those names, or None when they are not declared."""
        names = (experiment, variant)
        choice = self._choices.get(names)
        # Bounded by the declarations: unknown names are refused before anything is kept.
        if choice is None and names in self._declared:
            choice = self._choices[names] = _choice_of(*self._declared[names])
        return choice


def _choice_of(experiment: Experiment, variant: Variant) -> Choice:
    selector = import_string(variant.selector)
    return Choice(
        experiment=experiment.name,
        variant=variant.name,
        identity=experiment.identity(variant),
        seam=experiment.seam,
        selector=getattr(selector, "__wrapped__", selector)
        if variant.selector == experiment.seam
        else selector,
    )
