"""The outermost middleware: it hands the request its variant and says what serving it took."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from headtohead.django.captured_sql import Execution, collecting, counted
from headtohead.django.metrics_sink import add_request
from headtohead.django.observation import Choice, Observation, serving, watch_open_connections
from headtohead.django.query_plans import details_of
from headtohead.django.settings import is_authorised, is_brought_in, server_settings
from headtohead.django.variant_choice import Chooser
from headtohead.experiment_registry import Registry, load_experiments
from headtohead.protocol.explanation import BAGGAGE_STATEMENTS, DETAILED, Explanation
from headtohead.protocol.headers import baggage_members, requested_names
from headtohead.protocol.server_timing import HEADER, ServerTiming

# Label values of requests that choose no variant, and of those that choose an undeclared one:
# whatever clients send, the number of time series stays that of the declarations.
NO_EXPERIMENT = ("none", "none")
UNKNOWN_EXPERIMENT = ("other", "other")
# Of which it is remembered what they ask for, whatever else clients send.
_MOST_BAGGAGE = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class _RequestedMeasurement:
    """What a request asks of the middleware.

    Attributes:
        choice: The variant it wants, if that is declared.
        labels: Experiment and variant in the metrics.
        authorised: Whether it may be told what it took.
        statements: The SQL it wants in place of the response, `DETAILED` or not; None for none.
    """

    choice: Choice | None
    labels: tuple[str, str]
    authorised: bool
    statements: str | None


_NOTHING = _RequestedMeasurement(
    choice=None, labels=NO_EXPERIMENT, authorised=False, statements=None
)


class MeasurementMiddleware:
    """Chooses the variant, counts what it does, and tells metrics and authorised clients.

    An authorised request alone chooses; it may also ask for the SQL in place of the response, with
    lines of code and plans if it wants. Place the middleware first, so that what others do counts
    too. Queries made while a streaming response is consumed come after it and are not counted, but
    their SQL is told.

    It is as async as what it wraps, so that under ASGI no thread has to be changed for it.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        settings = server_settings()
        # Where nobody declares experiments, the SQL can be asked for all the same.
        self._reads_baggage = settings.experiments or is_brought_in()
        self._chooser = Chooser(
            load_experiments(settings.package) if settings.experiments else Registry([])
        )
        # Whoever measures sends the same baggage thousands of times.
        self._asked_with = lru_cache(maxsize=_MOST_BAGGAGE)(self._read_baggage)
        watch_open_connections()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Serve one request."""
        if self._is_async:
            return self._serve_async(request)
        asked = self._asked(request)
        if asked.statements is not None:
            return self._explain(request, asked)
        started = perf_counter()
        with serving(asked.choice) as observation:
            response: HttpResponseBase = self._get_response(request)
        return _tell(request, response, asked, observation, seconds=perf_counter() - started)

    async def _serve_async(self, request: HttpRequest) -> HttpResponseBase:
        asked = self._asked(request)
        if asked.statements is not None:
            return await self._explain_async(request, asked)
        started = perf_counter()
        with serving(asked.choice) as observation:
            response: HttpResponseBase = await self._get_response(request)
        return _tell(request, response, asked, observation, seconds=perf_counter() - started)

    def _asked(self, request: HttpRequest) -> _RequestedMeasurement:
        # Only who may measure may choose, or be told: some variants cost many times what users are
        # served with.
        if not is_authorised(request):
            return _NOTHING
        return self._asked_with(request.META.get("HTTP_BAGGAGE", "") if self._reads_baggage else "")

    def _read_baggage(self, baggage: str) -> _RequestedMeasurement:
        members = baggage_members(baggage)
        names = requested_names(members)
        choice = self._chooser.choose(*names) if names else None
        if choice:
            labels = (choice.experiment, choice.variant)
        else:
            labels = UNKNOWN_EXPERIMENT if names else NO_EXPERIMENT
        return _RequestedMeasurement(
            choice=choice,
            labels=labels,
            authorised=True,
            statements=members.get(BAGGAGE_STATEMENTS),
        )

    def _explain(self, request: HttpRequest, asked: _RequestedMeasurement) -> HttpResponse:
        """Serve the request and answer with the SQL of that; it counts in no metric."""
        detailed = asked.statements == DETAILED
        with (
            serving(asked.choice) as observation,
            collecting(locate=detailed) as executions,
        ):
            response: HttpResponseBase = self._get_response(request)
            if isinstance(response, StreamingHttpResponse):
                deque(response, maxlen=0)  # some queries are made only as it is consumed
        return _explanation(response, observation, executions, detailed=detailed)

    async def _explain_async(
        self, request: HttpRequest, asked: _RequestedMeasurement
    ) -> HttpResponse:
        detailed = asked.statements == DETAILED
        with (
            serving(asked.choice) as observation,
            collecting(locate=detailed) as executions,
        ):
            response: HttpResponseBase = await self._get_response(request)
            if isinstance(response, StreamingHttpResponse):
                async for _ in response:
                    pass
        # In the thread whose connection executed the statements: plans are made on it.
        explain = sync_to_async(_explanation)
        return await explain(response, observation, executions, detailed=detailed)


def _tell(
    request: HttpRequest,
    response: HttpResponseBase,
    asked: _RequestedMeasurement,
    observation: Observation,
    *,
    seconds: float,
) -> HttpResponseBase:
    """Have a request added to the metrics, and tell a client that may know what it took."""
    # The URL pattern that matched, of which a project has a fixed number.
    route = request.resolver_match.route if request.resolver_match else ""
    labels = (*asked.labels, route)
    add_request(labels, observation, status=response.status_code, seconds=seconds)
    if asked.authorised:
        timing = _server_timing(observation, seconds=seconds).to_header()
        # What the project says itself comes before it: of two entries of a name the last counts.
        response[HEADER] = f"{response[HEADER]}, {timing}" if HEADER in response else timing
    return response


def _explanation(
    response: HttpResponseBase,
    observation: Observation,
    executions: Sequence[Execution],
    *,
    detailed: bool,
) -> HttpResponse:
    statements = counted(executions)
    explanation = Explanation(
        variant=observation.variant,
        status=response.status_code,
        queries=len(executions),
        statements=statements,
        details=details_of(executions, statements) if detailed else (),
    )
    response.close()  # may close the connections, so plans come before
    return HttpResponse(explanation.to_json(), content_type="application/json")


def _server_timing(observation: Observation, *, seconds: float) -> ServerTiming:
    return ServerTiming(
        variant=observation.variant,
        queries=observation.queries,
        database_ms=observation.database_seconds * 1000,
        cache_hits=observation.cache_hits,
        cache_misses=observation.cache_misses,
        total_ms=seconds * 1000,
    )
