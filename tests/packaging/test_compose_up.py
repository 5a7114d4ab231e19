"""All that docker compose brings, up and used as the documents say.

It takes minutes, a Docker daemon and its images, so it is asked for: `make compose`.
"""

import base64
import json
import os
import secrets
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headtohead.host.ports import free_port
from tests.waiting import eventually

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(os.environ.get("H2H_COMPOSE") != "1", reason="make compose runs it"),
]

PATIENCE = 300  # seconds
SECRETS = (
    *("DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "H2H_TOKEN"),
    *("POSTGRES_PASSWORD", "POSTGRES_READER_PASSWORD", "GRAFANA_ADMIN_PASSWORD"),
    "REDIS_PASSWORD",
)
PORTS = ("API", "POSTGRES", "REDIS", "PROMETHEUS", "GRAFANA", "LOCUST")


@dataclass(frozen=True, kw_only=True)
class Compose:
    """The services of this tree, under a name, secrets and ports of their own."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, check: bool = True) -> str:
        completed = subprocess.run(
            ["docker", "compose", *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or completed.returncode == 0, completed.stdout + completed.stderr
        return completed.stdout

    def images(self) -> dict[str, str]:
        """The image of each service that stays."""
        services = json.loads(self.run("config", "--format", "json"))["services"]
        return {name: service["image"] for name, service in services.items() if name != "migrate"}

    def url(self, service: str, path: str) -> str:
        return f"http://127.0.0.1:{self.environment[f'{service}_PORT']}{path}"

    def sql(self, statement: str, *, user: str) -> str:
        password = f"PGPASSWORD={self.environment['POSTGRES_READER_PASSWORD']}"
        client = ("psql", "--host=127.0.0.1", f"--username={user}", "--dbname=headtohead")
        return self.run(
            *("exec", "-T", "-e", password, "postgres"),
            *(*client, "--tuples-only", "--no-align", "--command", statement),
            check=False,
        ).strip()


def can_be_had(image: str) -> bool:
    """Whether an image is there, or can be pulled."""
    return any(
        subprocess.run(["docker", *how, image], capture_output=True, check=False).returncode == 0
        for how in (("image", "inspect"), ("pull", "--quiet"))
    )


def fetch(url: str, *, user: str = "", body: object = None) -> Any:
    request = urllib.request.Request(url)
    if user:
        request.add_header("Authorization", f"Basic {base64.b64encode(user.encode()).decode()}")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


@pytest.fixture(scope="module")
def compose(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    folder = tmp_path_factory.mktemp("compose") / "headtohead"
    shutil.copytree(
        root, folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "results", "docs")
    )
    shutil.copy(root / ".dockerignore", folder)
    environment = {name: secrets.token_hex(32) for name in SECRETS}
    environment |= {f"{name}_PORT": str(free_port()) for name in PORTS}
    environment["H2H_SERVE_EXPERIMENTS"] = "on"
    environment["COMPOSE_PROJECT_NAME"] = f"test-{folder.parent.name}"
    lines = "".join(f"{name}={value}\n" for name, value in environment.items())
    (folder / ".env").write_text(lines, encoding="utf-8")
    compose = Compose(folder=folder, environment=environment)
    try:
        compose.run("build")
        had = [name for name, image in compose.images().items() if can_be_had(image)]
        compose.run("up", "--detach", "--wait", "--wait-timeout", str(PATIENCE), *had)
        yield compose
    finally:
        compose.run("--profile", "*", "down", "--volumes", "--timeout", "20")


@pytest.fixture
def grafana(compose: Compose) -> str:
    """Grafana's address."""
    if not can_be_had(compose.images()["grafana"]):
        pytest.skip("its image cannot be had here")
    return compose.url("GRAFANA", "")


def test_every_image_can_be_had(compose: Compose) -> None:
    assert [image for image in compose.images().values() if not can_be_had(image)] == []


def test_the_api_serves_what_was_seeded(compose: Compose) -> None:
    assert fetch(compose.url("API", "/api/products/?page_size=1"))["count"] == 2000


def test_prometheus_reaches_all_that_runs_and_understands_its_rules(compose: Compose) -> None:
    def down() -> list[str]:
        targets = fetch(compose.url("PROMETHEUS", "/api/v1/targets"))["data"]["activeTargets"]
        jobs = {each["labels"]["job"]: each["health"] for each in targets}
        # Nothing is measured yet.
        return sorted(job for job, health in jobs.items() if health != "up" and job != "generator")

    def rules() -> set[str]:
        """How its rules are: ok, and unknown until their first evaluation."""
        groups = fetch(compose.url("PROMETHEUS", "/api/v1/rules"))["data"]["groups"]
        return {rule["health"] for group in groups for rule in group["rules"]}

    eventually(lambda: not down(), patience=PATIENCE, pause=1)
    eventually(lambda: rules() == {"ok"}, patience=PATIENCE, pause=1)


@pytest.fixture(scope="module")
def published(compose: Compose) -> Compose:
    """After a run in the network."""
    compose.run(
        *("run", "--rm", "--use-aliases", "h2h"),
        *("run", "serializer", "--budget", "60", "--publish"),
    )
    return compose


def test_a_run_is_scraped_and_published_for_who_reads_that_and_no_more(
    published: Compose,
) -> None:
    query = "/api/v1/query?query=max_over_time(up%7Bjob%3D%22generator%22%7D%5B10m%5D)"
    (scraped,) = fetch(published.url("PROMETHEUS", query))["data"]["result"]
    assert scraped["value"][1] == "1"
    results = "SELECT experiment FROM headtohead.results"
    assert published.sql(results, user="grafana") == "serializer"
    assert published.sql("SELECT count(*) FROM public.accounts_user", user="grafana") == ""
    assert published.sql("SELECT count(*) FROM accounts_user", user="grafana") == ""
    assert published.sql("DELETE FROM headtohead.results RETURNING 1", user="grafana") == ""


def test_grafana_shows_nothing_to_strangers(grafana: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        fetch(f"{grafana}/api/search")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        fetch(f"{grafana}/api/search", user="admin:admin")


def test_grafana_has_every_dashboard_and_reaches_what_they_ask(
    grafana: str, published: Compose, root: Path
) -> None:
    admin = f"admin:{published.environment['GRAFANA_ADMIN_PASSWORD']}"
    kept = {path.stem for path in (root / "dashboards/generated").glob("*.json")}
    found = fetch(f"{grafana}/api/search?type=dash-db", user=admin)
    assert {each["uid"] for each in found} == kept
    for source in ("prometheus", "postgres"):
        health = fetch(f"{grafana}/api/datasources/uid/{source}/health", user=admin)
        assert health["status"] == "OK", health
    asked = {
        "refId": "A",
        "datasource": {"uid": "postgres"},
        "rawSql": "SELECT experiment FROM headtohead.results",
        "format": "table",
    }
    answer = fetch(
        f"{grafana}/api/ds/query",
        user=admin,
        body={"queries": [asked], "from": "now-1h", "to": "now"},
    )
    assert answer["results"]["A"]["frames"][0]["data"]["values"] == [["serializer"]]


def test_locust_spreads_the_experiments_over_its_workers(compose: Compose) -> None:
    wait = ("--detach", "--wait", "--wait-timeout", str(PATIENCE))
    compose.run(
        *("--profile", "load", "up", *wait, "--no-recreate", "--scale", "locust-worker=2"),
        *("locust", "locust-worker"),
    )
    form = b"user_count=2&spawn_rate=2&user_classes=Serializer"
    with urllib.request.urlopen(compose.url("LOCUST", "/swarm"), form, timeout=30) as response:
        assert json.load(response)["success"] is True

    def stats() -> Any:
        return fetch(compose.url("LOCUST", "/stats/requests"))

    eventually(lambda: stats()["total_rps"] > 0, patience=PATIENCE, pause=1)
    told = stats()
    assert [each["user_count"] for each in told["workers"]] == [1, 1]
    assert told["errors"] == []
