"""`list` and `status` as a user gives them, and the metrics of the API that is up."""

import shutil
import urllib.request

import pytest

from headtohead.cli.application import console
from tests.waiting import eventually

pytestmark = pytest.mark.stack


def ask(recipe: dict, *, base_url: str) -> tuple[bytes, dict[str, str]]:
    """What an independent client gets for a request that `h2h list --json` describes."""
    body = recipe["body"]
    request = urllib.request.Request(
        base_url + recipe["path"],
        method=recipe["method"],
        headers=recipe["headers"],
        data=None if body is None else body.encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read(), dict(response.headers)


def test_list_gives_requests_that_an_independent_client_can_send(project):
    listed = project.json("list")
    for experiment in (each for each in listed["experiments"] if each["timed"]):
        bodies = set()
        for variant in experiment["variants"]:
            if variant["server"]:
                continue  # it is up while its experiment runs
            body, headers = ask(variant["request"], base_url=listed["base_url"])
            bodies.add(body)
            assert (
                f'variant;desc="{experiment["name"]}/{variant["name"]}"'
                in (headers["Server-Timing"])
            )
        assert len(bodies) <= 1


def test_quoted_sql_is_printed_as_it_is():
    with console.capture() as printed:
        console.print("SELECT now()::date::text", markup=False)
    assert printed.get() == "SELECT now()::date::text\n"


def test_list_shows_every_experiment_to_people(project):
    shown = project.h2h("list").stdout
    assert "product-list" in shown
    assert "naive → prefetched" in shown


def test_status_shows_where_everything_is(project):
    status = project.json("status")
    assert status["up"] is True
    assert status["rows"] == 300
    assert [server["name"] for server in status["servers"]] == [
        *("PostgreSQL", "Valkey", "API"),
        *(("memcached",) if shutil.which("memcached") else ()),
        *("Worker", "Beat"),
    ]


def test_metrics_of_several_workers_add_up_and_name_no_unknown_experiment(project):
    listed = project.json("list", "product-list")
    base_url = listed["base_url"]
    metrics = project.metrics_request()
    recipe = listed["experiments"][0]["variants"][0]["request"]
    unknown = {
        **recipe,
        "headers": {**recipe["headers"], "Baggage": "h2h.experiment=x,h2h.variant=y"},
    }

    def count(labels: str) -> float:
        with urllib.request.urlopen(metrics, timeout=10) as response:
            lines = response.read().decode().splitlines()
        name = f"headtohead_request_duration_seconds_count{{{labels}}} "
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    naive = 'experiment="product-list",route="api/products/",variant="naive"'
    other = 'experiment="other",route="api/products/",variant="other"'
    before = count(naive), count(other)
    expected = before[0] + 20, before[1] + 1
    for _ in range(20):
        ask(recipe, base_url=base_url)
    ask(unknown, base_url=base_url)
    # They are added to the metrics a little later.
    eventually(lambda: (count(naive), count(other)) == expected)
    assert count('experiment="x",variant="y"') == 0


def test_metrics_of_django_prometheus_stand_beside_ours(project):
    with urllib.request.urlopen(project.metrics_request(), timeout=10) as response:
        assert "django_cache_get_total" in response.read().decode()
