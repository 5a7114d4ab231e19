"""What must hold before anything is timed: every variant answers, applies, and says the same."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import urllib3

from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment, Variant
from headtohead.protocol.explanation import Location
from headtohead.protocol.server_timing import HEADER, ServerTiming
from headtohead.stack.target import Target, client, send
from headtohead.stack.variant_servers import served

# The first answer may fill a cache and the second come from it: both have to be right.
ANSWERS = 2


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that forbids a comparison.

    Attributes:
        variant: Identity of the variant.
        problem: What is wrong.
        fix: What to do about it.
        source: The line of the project's code behind it, where one is known.
    """

    variant: str
    problem: str
    fix: str
    source: Location | None = None


@dataclass(frozen=True, kw_only=True)
class VariantAnswer:
    """What one variant says.

    Attributes:
        body: Its body.
        timing: What it took; None where what serves it explains nothing.
    """

    body: bytes
    timing: ServerTiming | None


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """The outcome for one experiment.

    Attributes:
        answers: Each variant's last answer, by name.
        findings: Empty when the experiment may be timed.
    """

    answers: dict[str, VariantAnswer]
    findings: tuple[Problem, ...]


def check(experiment: Experiment, *, target: Target) -> Preflight:
    """Ask every variant the experiment's question and compare what they say.

    Raises:
        MeasurementError: Nothing answers at the address.
    """
    answers: dict[str, VariantAnswer] = {}
    findings: list[Problem] = []
    reference: VariantAnswer | None = None
    with client() as http:
        for variant in experiment.all_variants:
            for _ in range(ANSWERS):
                answer = _ask(http, experiment, variant, target=target)
                if isinstance(answer, Problem):
                    findings.append(answer)
                    break
                answers[variant.name] = answer
                if reference is None and variant is experiment.baseline:
                    reference = answer
                if reference:
                    findings.extend(_compare(experiment, variant, reference, answer))
    return Preflight(answers=answers, findings=tuple(dict.fromkeys(findings)))


def _ask(
    http: urllib3.PoolManager, experiment: Experiment, variant: Variant, *, target: Target
) -> VariantAnswer | Problem:
    request = experiment.request_for(variant, token=target.token)
    identity = experiment.identity(variant)
    response = send(http, request, base_url=target.url_of(experiment, variant))
    if not 200 <= response.status < 300:
        return Problem(
            variant=identity,
            problem=f"{request.method} {request.path} answers {response.status}",
            fix="read the API's log; `h2h status` says where it is",
        )
    if not experiment.reports_timing(variant):
        return VariantAnswer(body=response.data, timing=None)
    timing = ServerTiming.from_header(response.headers.get(HEADER, ""))
    if timing is None:
        return Problem(
            variant=identity,
            problem=f"{request.path} sends no {HEADER}",
            fix="install headtohead's MeasurementMiddleware and give the API's token",
        )
    if timing.variant != identity:
        return Problem(
            variant=identity,
            problem=f"{request.path} was served by {timing.variant or 'no variant'}",
            fix=f"switch experiments on, and let the view call the seam {experiment.seam}",
        )
    return VariantAnswer(body=response.data, timing=timing)


def _compare(
    experiment: Experiment, variant: Variant, reference: VariantAnswer, answer: VariantAnswer
) -> Iterator[Problem]:
    if answer.body != reference.body:
        yield Problem(
            variant=experiment.identity(variant),
            problem=f"the body differs from {experiment.baseline.name}'s "
            f"({first_difference(reference.body, answer.body)})",
            fix="let both variants return the same rows in the same order",
        )


def first_difference(one: bytes, other: bytes) -> str:
    """Where two unequal bodies part: a JSON path, or a byte when they are not JSON."""
    try:
        parted = _first_path(json.loads(one), json.loads(other), "body")
    except (ValueError, RecursionError):
        parted = None
    if parted:
        return printable(parted)
    position = next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    here = slice(position, position + 20)
    return f"byte {position}: {one[here]!r}, not {other[here]!r}"


def _first_path(one: Any, other: Any, path: str) -> str | None:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        children = ((f"{path}.{key}", one[key], other[key]) for key in one)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        children = ((f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(one, other, strict=True)))
    else:
        return None if one == other else f"{path}: {brief(one)}, not {brief(other)}"
    return next(
        (found for name, a, b in children if (found := _first_path(a, b, name)) is not None), None
    )


def brief(value: Any) -> str:
    """The beginning of a value of a JSON document, in characters that can be printed."""
    text = json.dumps(value, ensure_ascii=False)
    return printable(text if len(text) <= 60 else f"{text[:57]}...")


def printable(text: str) -> str:
    """A text whose odd characters are escaped: some servers send what no file or page can hold."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def require_preflight(
    experiments: Sequence[Experiment], *, target: Target, note: Callable[[str], None]
) -> dict[str, Preflight]:
    """Refuse experiments whose variants differ in more than their speed.

    Returns:
        What the variants answered, by the experiment's name.

    Raises:
        MeasurementError: One of them does.
    """
    note("Checking that all variants say the same")
    outcomes = {}
    for experiment in experiments:
        with served(experiment, target=target, note=note) as there:
            outcome = check(experiment, target=there)
        for finding in outcome.findings:
            raise MeasurementError(f"{finding.variant}: {finding.problem}", fix=finding.fix)
        outcomes[experiment.name] = outcome
    return outcomes
