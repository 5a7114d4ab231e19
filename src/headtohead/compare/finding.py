"""What is asked for where nobody says it: paths of the OpenAPI document, or of the URLconf."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from headtohead.compare.asking import LOG_IN, NotWholeError, Response, ask
from headtohead.compare.endpoints import BASE, ComparedEndpoint, endpoints_at
from headtohead.compare.openapi import operations_at
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.records.run import UntimedEndpoint
from headtohead.services.django_project import Project

# Where projects have their OpenAPI document, beside the place that h2h looks at by itself.
USUAL_DOCUMENTS = (
    *("/api/openapi.json", "/openapi.json", "/api/schema/?format=json", "/schema/?format=json"),
    *("/swagger.json", "/swagger/?format=openapi"),
)
# How long whatever is found is measured at most, all endpoints together.
MEASURED_SECONDS = 180.0
# How long it may take to ask for each path once.
_ASKING_SECONDS = 60.0
_MOST_NAMED = 3
_LOGIN = ("needs a login", "need a login")


@dataclass(frozen=True, kw_only=True)
class ServedSides:
    """Both sides of a comparison as they are served.

    Attributes:
        urls: Scheme, host and port of each side, by its name.
        headers: Those that every request carries, of each side.
        base: The project as base has it, on what h2h made for it.
    """

    urls: Mapping[str, str]
    headers: Mapping[str, Mapping[str, str]]
    base: Project


# Given both sides: what to ask for, and what cannot be.
Choose = Callable[[ServedSides], tuple[Sequence[ComparedEndpoint], Sequence[UntimedEndpoint]]]


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Paths that may be worth measuring.

    Attributes:
        paths: The paths.
        where: What names them; empty where nothing does.
        left_out: How many more it names that cannot be asked for, by the reason.
    """

    paths: tuple[str, ...]
    where: str
    left_out: Mapping[tuple[str, str], int]


def candidates(served: ServedSides, *, document: str) -> Candidates:
    """What base's OpenAPI document names, or else its URLconf, or else /.

    Args:
        served: Both sides.
        document: Path of the document, where it is not in another usual place.

    Raises:
        StackError: The URLconf cannot be read.
    """
    url, headers = served.urls[BASE], served.headers[BASE]
    for place in dict.fromkeys((document, *USUAL_DOCUMENTS)):
        with suppress(ConfigurationError):
            paths, untimed = operations_at(url, place, given={}, headers=headers)
            without = {("has parameters", "have parameters"): len(untimed)}
            return Candidates(paths=tuple(paths), where=place, left_out=without)
    if not served.base.settings_module:
        return Candidates(paths=("/",), where="", left_out={})
    routes = served.base.routes()
    return Candidates(
        paths=routes.paths,
        where="the URLconf",
        left_out={
            ("has parameters", "have parameters"): routes.with_parameters,
            ("is for running the project", "are for running the project"): routes.set_aside,
        },
    )


def find_endpoints(
    served: ServedSides,
    *,
    document: str,
    seconds: float,
    budget: float,
    say: Callable[[str], None],
) -> tuple[ComparedEndpoint, ...]:
    """What base answers with success, of all that can be asked for; what is left out is said.

    Where there are more than time allows, those with the most queries are taken.

    Args:
        served: Both sides.
        document: Path of the OpenAPI document, where it is not in another usual place.
        seconds: How long all of them may be measured.
        budget: How long each is to be measured.
        say: Told in a sentence what was found, and what was left out.

    Raises:
        MeasurementError: Nothing answers with success.
        StackError: The URLconf cannot be read.
    """
    found = candidates(served, document=document)
    if not found.where:
        say("Nothing says what there is to ask for, so it is /; --path names others.")
        return endpoints_at(found.paths)
    answered: list[tuple[ComparedEndpoint, int]] = []
    failing: dict[tuple[str, str], list[str]] = {}
    until = monotonic() + _ASKING_SECONDS
    for endpoint in endpoints_at(found.paths):
        reason = ("was not asked for lack of time", "were not asked for lack of time")
        if monotonic() < until:
            said = _asked(endpoint, served)
            if said and said.succeeds:
                answered.append((endpoint, said.queries))
                continue
            reason = _reason(said)
        failing.setdefault(reason, []).append(endpoint.path)
    most = max(1, int(seconds // budget))
    # Sorting leaves those of equal numbers in their order.
    taken = [each for each, _ in sorted(answered, key=lambda each: -each[1])[:most]]
    if late := [each.path for each, _ in answered if each not in taken]:
        failing["does not fit into the time", "do not fit into the time"] = late
    counted = {reason: len(paths) for reason, paths in failing.items()}
    left_out = "; ".join(
        _told(reason, number, failing.get(reason, ()))
        for reason, number in {**counted, **found.left_out}.items()
        if number
    )
    if not taken:
        raise MeasurementError(
            f"nothing that {found.where} names can be timed ({left_out or 'it names nothing'})",
            fix=LOG_IN if _LOGIN in failing else "name what answers with --path",
        )
    measured = ", ".join(each.path for each in taken)
    say(f"Found in {found.where}: {measured}.")
    if left_out:
        say(f"Left out: {left_out}. --path names others.")
    return tuple(taken)


def _asked(endpoint: ComparedEndpoint, served: ServedSides) -> Response | None:
    """What base says; None without a whole answer."""
    try:
        return ask(endpoint, BASE, url=served.urls[BASE], headers=served.headers[BASE])
    except NotWholeError:
        return None


def _reason(said: Response | None) -> tuple[str, str]:
    """Why an endpoint is left out, of one and of several."""
    if said is None:
        return "gives no whole answer", "give no whole answer"
    if said.wants_login:
        return _LOGIN
    return f"answers {said.status}", f"answer {said.status}"


def _told(reason: tuple[str, str], number: int, paths: Iterable[str]) -> str:
    named = list(paths)
    more = number - _MOST_NAMED
    shown = ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    text = f"{number} {reason[number > 1]}" + (f" ({shown})" if named else "")
    return f"{text}: {LOG_IN}" if reason == _LOGIN else text
