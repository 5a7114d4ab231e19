import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from prometheus_client import REGISTRY

from headtohead.django.metrics_sink import RECORDER
from headtohead.django.middleware import MeasurementMiddleware
from headtohead.django.variant_choice import current_choice
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming

ON = {"EXPERIMENTS": True, "TOKEN": "secret", "PACKAGE": "app.experiments"}
OFF = {"EXPERIMENTS": False, "TOKEN": "", "PACKAGE": "app.experiments"}
NAIVE = "h2h.experiment=product-list,h2h.variant=naive"


TOKEN = {TOKEN_HEADER: "secret"}


def respond(view=lambda request: HttpResponse(), **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    return MeasurementMiddleware(view)(request)


def count(
    experiment: str,
    variant: str,
    *,
    metric: str = "request_duration_seconds_count",
    route: str = "",
):
    RECORDER.flush()
    labels = {"experiment": experiment, "variant": variant, "route": route}
    return REGISTRY.get_sample_value(f"headtohead_{metric}", labels) or 0


def query_twice(request) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT pg_sleep(0.002)")
    return HttpResponse()


def look_up(request) -> HttpResponse:
    cache.set("here", None)
    cache.get("here")
    cache.get("gone")
    cache.get_many(["here", "gone", "away"])
    cache.delete("here")
    return HttpResponse()


def test_authorised_request_is_told_what_it_took(settings):
    settings.HEADTOHEAD = ON
    timing = ServerTiming.from_header(respond(**{TOKEN_HEADER: "secret"})[HEADER])
    assert timing.queries == 0
    assert timing.total_ms > 0


@pytest.mark.parametrize("token", ["wrong", "", "sécret"])
def test_anybody_else_is_told_nothing(settings, token):
    settings.HEADTOHEAD = ON
    assert HEADER not in respond(**{TOKEN_HEADER: token})


def test_an_empty_token_authorises_nobody(settings):
    settings.HEADTOHEAD = {**ON, "TOKEN": ""}
    assert HEADER not in respond(**{TOKEN_HEADER: ""})


def test_the_environment_authorises_nobody_where_h2h_is_installed(settings, monkeypatch):
    del settings.HEADTOHEAD
    monkeypatch.setenv("H2H_TOKEN", "secret")
    assert HEADER not in respond(**{TOKEN_HEADER: "secret"})


def test_queries_and_their_time_are_counted(settings, db):
    settings.HEADTOHEAD = ON
    timing = ServerTiming.from_header(respond(query_twice, **{TOKEN_HEADER: "secret"})[HEADER])
    assert timing.queries == 2
    assert 2 <= timing.database_ms <= timing.total_ms


def test_cache_hits_and_misses_are_counted_even_when_the_value_is_none(settings, servers):
    settings.HEADTOHEAD = ON
    timing = ServerTiming.from_header(respond(look_up, **{TOKEN_HEADER: "secret"})[HEADER])
    assert (timing.cache_hits, timing.cache_misses) == (2, 3)


def test_counts_of_one_request_do_not_leak_into_the_next(settings, db):
    settings.HEADTOHEAD = ON
    respond(query_twice)
    timing = ServerTiming.from_header(respond(**{TOKEN_HEADER: "secret"})[HEADER])
    assert timing.queries == 0


def test_metrics_carry_the_names_of_a_declared_variant(settings):
    settings.HEADTOHEAD = ON
    before = count("product-list", "naive")
    respond(baggage=NAIVE, **TOKEN)
    assert count("product-list", "naive") == before + 1


def test_unknown_names_become_other_whatever_they_are(settings):
    settings.HEADTOHEAD = ON
    before = count("other", "other")
    respond(baggage="h2h.experiment=product-list,h2h.variant=unheard-of", **TOKEN)
    respond(baggage="h2h.experiment=unheard-of,h2h.variant=naive", **TOKEN)
    assert count("other", "other") == before + 2


def test_requests_outside_any_experiment_are_counted_as_such(settings):
    settings.HEADTOHEAD = ON
    before = count("none", "none")
    respond()
    assert count("none", "none") == before + 1


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "wrong"}])
def test_without_the_token_the_header_means_nothing(settings, headers):
    settings.HEADTOHEAD = ON
    before = count("none", "none"), count("product-list", "naive")
    choices = []

    def view(request) -> HttpResponse:
        choices.append(current_choice())
        return HttpResponse()

    respond(view, baggage=NAIVE, **headers)
    assert choices == [None]
    assert (count("none", "none"), count("product-list", "naive")) == (before[0] + 1, before[1])


def test_where_experiments_are_off_the_header_means_nothing(settings):
    settings.HEADTOHEAD = OFF
    before = count("none", "none"), count("product-list", "naive")
    respond(baggage=NAIVE, **TOKEN)
    assert (count("none", "none"), count("product-list", "naive")) == (before[0] + 1, before[1])


def test_metrics_add_up_the_queries(settings, db):
    settings.HEADTOHEAD = ON
    before = count("product-list", "naive", metric="database_queries_total")
    respond(query_twice, baggage=NAIVE, **TOKEN)
    after = count("product-list", "naive", metric="database_queries_total")
    assert after == before + 2


def test_metrics_name_the_pattern_of_the_address_and_not_the_address(settings, client, db):
    settings.HEADTOHEAD = ON
    route = "api/products/<int:product_id>/"
    before = count("none", "none", route=route)
    for product in (1, 2):
        client.get(f"/api/products/{product}/")
    assert count("none", "none", route=route) == before + 2


@pytest.mark.parametrize(
    ("metric", "counted"), [("request_errors_total", 2), ("request_client_errors_total", 1)]
)
def test_metrics_count_errors_by_whose_they_are(settings, metric, counted):
    settings.HEADTOHEAD = ON
    before = count("product-list", "naive", metric=metric)
    for status in (200, 304, 404, 500, 503):
        respond(lambda request, status=status: HttpResponse(status=status), baggage=NAIVE, **TOKEN)
    assert count("product-list", "naive", metric=metric) == before + counted
