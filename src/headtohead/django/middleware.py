"""The outermost middleware: it hands the request its variant and says what serving it took."""

from collections import deque
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from headtohead.django import metrics
from headtohead.django.authorisation import is_authorised
from headtohead.django.choice import Choice, Chooser, baggage_members, choosing, requested_names
from headtohead.django.details import details_of
from headtohead.django.handicap import spend
from headtohead.django.observation import Observation, observing
from headtohead.django.sending import last_seconds, time_response
from headtohead.django.settings import server_settings
from headtohead.django.statements import collecting, counted
from headtohead.handicap import BAGGAGE_HANDICAP, Handicap
from headtohead.registry import Registry, load_experiments
from headtohead.server_timing import HEADER, ServerTiming
from headtohead.statements import BAGGAGE_STATEMENTS, DETAILED, Explanation

# Label values of requests that ask for no variant, and of those that ask for an undeclared one:
# whatever clients send, the number of time series stays that of the declarations.
NO_EXPERIMENT = ("none", "none")
UNKNOWN_EXPERIMENT = ("other", "other")


class MeasurementMiddleware:
    """Chooses the variant, counts what it does, and tells metrics and authorised clients.

    An authorised request may also ask for a handicap, which is spent once the response is made, or
    for the SQL in place of the response, with lines of code and plans if it wants. Place it first,
    so that what other middleware does is counted too. Queries made while a streaming response is
    consumed come after it and are not counted, but their SQL is told.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        settings = server_settings()
        self._enabled = settings.experiments
        self._chooser = Chooser(
            load_experiments(settings.package) if settings.experiments else Registry([])
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve one request."""
        members = baggage_members(request.headers.get("Baggage", "")) if self._enabled else {}
        asked = requested_names(members)
        choice = self._chooser.choose(*asked) if asked else None
        if choice:
            labels = (choice.experiment, choice.variant)
        else:
            labels = UNKNOWN_EXPERIMENT if asked else NO_EXPERIMENT

        authorised = is_authorised(request)
        if authorised and BAGGAGE_STATEMENTS in members:
            return self._explain(request, choice, detailed=members[BAGGAGE_STATEMENTS] == DETAILED)
        # Only who may measure may slow the server down.
        handicap = Handicap.from_member(members.get(BAGGAGE_HANDICAP, "")) if authorised else None
        started = perf_counter()
        # First, so that what a wait does to the rest of the request, whose caches cool meanwhile,
        # is part of the time that the server tells.
        handicap_seconds = spend(handicap) if handicap else None
        if handicap:
            time_response(started=started)
        with observing() as observation, choosing(choice):
            response = self._get_response(request)
        seconds = perf_counter() - started

        metrics.record(
            experiment=labels[0], variant=labels[1], observation=observation, seconds=seconds
        )
        if authorised:
            timing = _server_timing(observation, seconds=seconds, handicap_seconds=handicap_seconds)
            response[HEADER] = timing.to_header()
        return response

    def _explain(
        self, request: HttpRequest, choice: Choice | None, *, detailed: bool
    ) -> HttpResponse:
        """Serve the request and answer with the SQL of that; it counts in no metric."""
        with (
            observing() as observation,
            choosing(choice),
            collecting(locate=detailed) as executions,
        ):
            response = self._get_response(request)
            if isinstance(response, StreamingHttpResponse):
                deque(response, maxlen=0)  # some queries are made only as it is consumed
        statements = counted([each.sql for each in executions])
        explanation = Explanation(
            variant=observation.variant,
            status=response.status_code,
            queries=len(executions),
            statements=statements,
            details=details_of(executions, statements) if detailed else (),
        )
        response.close()  # may close the connections, so plans come before
        return HttpResponse(explanation.to_json(), content_type="application/json")


def _server_timing(
    observation: Observation, *, seconds: float, handicap_seconds: float | None
) -> ServerTiming:
    last = last_seconds()
    return ServerTiming(
        variant=observation.variant,
        queries=observation.queries,
        database_ms=observation.database_seconds * 1000,
        cache_hits=observation.cache_hits,
        cache_misses=observation.cache_misses,
        total_ms=seconds * 1000,
        handicap_ms=None if handicap_seconds is None else handicap_seconds * 1000,
        last_ms=None if handicap_seconds is None or last is None else last * 1000,
    )
