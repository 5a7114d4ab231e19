"""Middleware and seam under ASGI: context, not threads, says whose request it is."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import get_ident

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from headtohead.django.middleware import MeasurementMiddleware
from headtohead.django.observation import Choice, current_observation, serving
from headtohead.django.variant_choice import current_choice, seam
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming

ON = {"EXPERIMENTS": True, "TOKEN": "secret", "PACKAGE": "app.experiments"}
NAIVE = "h2h.experiment=product-list,h2h.variant=naive"


@pytest.fixture(autouse=True)
def experiments_on(settings):
    settings.HEADTOHEAD = ON


def asked(**headers: str) -> HttpRequest:
    return RequestFactory().get("/", headers={TOKEN_HEADER: "secret", **headers})


def respond(view, **headers: str) -> HttpResponse:
    return async_to_sync(MeasurementMiddleware(view))(asked(**headers))


def timing(response: HttpResponse) -> ServerTiming:
    return ServerTiming.from_header(response[HEADER])


def query() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_the_middleware_is_as_async_as_what_it_wraps():
    assert iscoroutinefunction(MeasurementMiddleware(plain))
    assert not iscoroutinefunction(MeasurementMiddleware(lambda request: HttpResponse()))
    assert MeasurementMiddleware.sync_capable
    assert MeasurementMiddleware.async_capable


def test_an_async_request_is_told_what_it_took():
    assert timing(respond(plain)).total_ms > 0


def test_queries_of_the_request_count_though_a_thread_makes_them(db):
    async def view(request: HttpRequest) -> HttpResponse:
        await sync_to_async(query)()
        return HttpResponse()

    assert timing(respond(view)).queries == 1


@pytest.mark.django_db(transaction=True)
def test_queries_on_the_connection_of_another_thread_count_too():
    def query_there() -> int:
        query()
        connection.close()
        return get_ident()

    with serving(None) as observation, ThreadPoolExecutor() as threads:
        there = threads.submit(copy_context().run, query_there).result()
    assert there != get_ident()
    assert observation.queries == 1


def test_requests_of_one_loop_keep_apart():
    both_there = asyncio.Barrier(2)

    async def look_up(request: HttpRequest) -> HttpResponse:
        for _ in range(2):
            current_observation().cache_hits += 1
            await both_there.wait()
        return HttpResponse()

    async def answers() -> list[HttpResponse]:
        middleware = MeasurementMiddleware(look_up)
        return await asyncio.gather(*(middleware(asked()) for _ in range(2)))

    assert [timing(each).cache_hits for each in async_to_sync(answers)()] == [2, 2]


def test_the_choice_reaches_views_and_threads_and_ends_with_the_request():
    seen = []

    async def view(request: HttpRequest) -> HttpResponse:
        seen.append(current_choice())
        seen.append(await sync_to_async(current_choice)())
        return HttpResponse()

    respond(view, baggage=NAIVE)
    assert [each.identity for each in seen] == ["product-list/naive"] * 2
    assert current_choice() is None


def test_the_sql_of_an_async_request_is_told_with_its_plan(db):
    async def view(request: HttpRequest) -> HttpResponse:
        await sync_to_async(query)()
        return HttpResponse()

    response = respond(view, baggage=f"{NAIVE},h2h.statements=detailed")
    told = json.loads(response.content)
    assert [each["sql"] for each in told["statements"]] == ["SELECT ?"]
    assert told["details"][0]["plan"]["operation"] == "Result"


def test_what_a_streamed_async_response_queries_late_is_told(db):
    async def late():
        await sync_to_async(query)()
        yield b""

    async def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(late())

    told = json.loads(respond(view, baggage=f"{NAIVE},h2h.statements=1").content)
    assert told["queries"] == 1


@seam
async def greeting(*, name: str) -> str:
    return f"hello {name}"


async def loud_greeting(*, name: str) -> str:
    # Builds on the seam, which within a variant is the function itself.
    return (await greeting(name=name)).upper()


def threaded_greeting(*, name: str) -> str:
    return f"{name} {get_ident()} {current_choice()}"


def choice_of(selector) -> Choice:
    return Choice(
        experiment="greeting",
        variant="other",
        identity="greeting/other",
        seam=f"{__name__}.greeting",
        selector=selector,
    )


def greeted(selector=None) -> tuple[str, str]:
    """What a seam that is async returns with that choice, and which variant it confirms."""

    async def greet() -> tuple[str, str]:
        with serving(choice_of(selector) if selector else None) as observation:
            return await greeting(name="you"), observation.variant

    return asyncio.run(greet())


def test_without_a_choice_an_async_seam_is_the_function_itself():
    assert iscoroutinefunction(greeting)
    assert greeted() == ("hello you", "")


def test_an_async_variant_runs_in_place_of_the_seam():
    assert greeted(loud_greeting) == ("HELLO YOU", "greeting/other")


def test_a_variant_that_is_not_async_runs_in_a_thread_without_a_choice():
    said, confirmed = greeted(threaded_greeting)
    name, thread, choice = said.split()
    assert (name, choice, confirmed) == ("you", "None", "greeting/other")
    assert int(thread) != get_ident()
