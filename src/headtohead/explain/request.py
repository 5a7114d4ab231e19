"""What a server tells of a variant's request: its SQL, lines of code and plans."""

from dataclasses import replace

import msgspec
import urllib3

from headtohead.errors import CheckFailedError
from headtohead.experiment import Experiment, Variant
from headtohead.explain.hints import hints_of
from headtohead.protocol.explanation import BAGGAGE_STATEMENTS, DETAILED, Explanation
from headtohead.records.encoding import decode
from headtohead.records.explained import ExplainedStatement, ExplainedVariant
from headtohead.stack.target import Target, client, send


def explained_variants(experiment: Experiment, *, target: Target) -> tuple[ExplainedVariant, ...]:
    """Explain the variants of an experiment whose servers can, by requests that nobody times.

    Raises:
        CheckFailedError: The server does not tell its SQL, or another variant or an error answers.
        MeasurementError: Nothing answers at the address.
    """
    with client() as http:

        def ask(variant: Variant, *, detailed: bool) -> Explanation:
            return explanation_of(http, experiment, variant, target=target, detailed=detailed)

        explained = []
        for variant in filter(experiment.reports_timing, experiment.all_variants):
            # Timed requests come after others that filled the caches, and those are to be
            # explained.
            ask(variant, detailed=False)
            explained.append(in_order(ask(variant, detailed=True)))
    return tuple(explained)


def explanation_of(
    http: urllib3.PoolManager,
    experiment: Experiment,
    variant: Variant,
    *,
    target: Target,
    detailed: bool = False,
) -> Explanation:
    """Ask for a variant's SQL, with lines of code and plans if `detailed`.

    Raises:
        CheckFailedError: The server does not tell it, or another variant or an error answers.
        MeasurementError: Nothing answers at the address.
    """
    plain = experiment.request_for(variant, token=target.token)
    member = f"{BAGGAGE_STATEMENTS}={DETAILED if detailed else 1}"
    headers = {**plain.headers, "Baggage": f"{plain.headers['Baggage']},{member}"}
    request = replace(plain, headers=headers)
    identity = experiment.identity(variant)
    answer = send(http, request, base_url=target.url_of(experiment, variant))
    explanation = read_explanation(answer.data)
    told = explanation is not None and (
        not detailed or len(explanation.details) == len(explanation.statements)
    )
    if explanation is None or not told:
        raise CheckFailedError(
            f"{identity}: {request.path} does not tell its SQL",
            fix="upgrade headtohead in the project that is served, and give its H2H_TOKEN",
        )
    if explanation.variant != identity or not 200 <= explanation.status < 300:
        raise CheckFailedError(
            f"{identity}: {request.path} answers {explanation.status}, "
            f"served by {explanation.variant or 'no variant'}",
            fix="read the API's log",
        )
    return explanation


def read_explanation(body: bytes) -> Explanation | None:
    """Read what a server tells; None when it is no explanation."""
    try:
        return decode(body, Explanation)
    except msgspec.MsgspecError:
        return None


def in_order(explanation: Explanation) -> ExplainedVariant:
    """A detailed answer of the server, most repeated statements first and with hints."""
    statements = (
        ExplainedStatement(
            statement=statement, detail=detail, hints=hints_of(statement, detail.plan)
        )
        for statement, detail in zip(explanation.statements, explanation.details, strict=True)
    )
    return ExplainedVariant(
        variant=explanation.variant,
        queries=explanation.queries,
        statements=tuple(sorted(statements, key=lambda each: -each.statement.times)),
    )
