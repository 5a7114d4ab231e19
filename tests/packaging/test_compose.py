"""What the schema of compose does not know of docker-compose.yml."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from headtohead.config_loading import load_config

IMAGE_WITH_VERSION = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*")
SECRETS = {
    *("DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "METRICS_TOKEN", "GRAFANA_ADMIN_PASSWORD"),
    *("POSTGRES_PASSWORD", "POSTGRES_READER_PASSWORD", "REDIS_PASSWORD"),
}


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ours(services: dict[str, Any]) -> dict[str, Any]:
    """The services that run the project."""
    image = services["api"]["image"]
    return {name: service for name, service in services.items() if service["image"] == image}


@pytest.fixture(scope="module")
def example(root: Path) -> dict[str, str]:
    """Names and values of `.env.example`, those commented out included."""
    text = (root / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^(?:# )?([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


# What starts, of which images, and when.


def test_what_measures_or_loads_the_api_starts_only_when_asked_for(
    services: dict[str, Any],
) -> None:
    asked_for = {name: each["profiles"] for name, each in services.items() if "profiles" in each}
    assert asked_for == {"h2h": ["run"], "locust": ["load"], "locust-worker": ["load"]}


def test_images_are_pinned_by_version(root: Path, services: dict[str, Any]) -> None:
    github = yaml.safe_load((root / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    gitlab = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    images = {service["image"] for service in services.values()}
    images |= {gitlab["default"]["image"]}
    images |= {job["container"]["image"] for job in github["jobs"].values() if "container" in job}
    images |= set(re.findall(r"^FROM (\S+:\S+)", (root / "Dockerfile").read_text(), re.MULTILINE))
    assert {image for image in images if not IMAGE_WITH_VERSION.fullmatch(image)} == set()


def test_one_service_builds_the_image_of_this_version_before_the_api_starts(
    root: Path, services: dict[str, Any], ours: dict[str, Any]
) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert services["api"]["image"] == f"headtohead-api:{version}"
    assert len(ours) == 7
    (builder,) = (name for name, service in services.items() if "build" in service)
    assert builder in ours
    assert builder in services["api"]["depends_on"]


def one_shots(services: dict[str, Any]) -> set[str]:
    return {name for name, service in services.items() if service["restart"] == "no"}


def test_every_service_that_stays_has_a_health_check(
    services: dict[str, Any], stages: dict[str, str]
) -> None:
    for name in services.keys() - one_shots(services):
        check = services[name]["healthcheck"]
        assert "interval" in check, name
        # A service of our own image inherits how the image is checked.
        assert "test" in check or (name == "api" and "HEALTHCHECK " in stages["final"]), name


def test_nothing_starts_before_what_it_needs_is_ready(services: dict[str, Any]) -> None:
    ending = one_shots(services)
    for service in services.values():
        for needed, gate in service.get("depends_on", {}).items():
            state = "completed_successfully" if needed in ending else "healthy"
            assert gate["condition"] == f"service_{state}"


def up_before(services: dict[str, Any], name: str) -> set[str]:
    """What has started before a service does."""
    needed = services[name].get("depends_on", {}).keys()
    return set(needed).union(*(up_before(services, each) for each in needed))


def test_whatever_a_service_is_told_to_call_is_up_before_it(services: dict[str, Any]) -> None:
    address = re.compile(rf"(?<![\w.-])({'|'.join(services)}):\d")
    found = set()
    for name, service in services.items():
        called = set(address.findall(f"{service.get('environment')} {service.get('command')}"))
        assert called <= up_before(services, name), name
        found |= called
    assert found == {"postgres", "redis", "memcached", "api"}


# What they may do, and see.


def test_ports_are_open_to_this_machine_alone(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 6
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert "ports" not in services["memcached"], "it knows no password"


def test_services_run_without_privileges_in_one_network(
    compose: dict[str, Any], services: dict[str, Any], ours: dict[str, Any]
) -> None:
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    for service in services.values():
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["networks"] == [*compose["networks"]]


def test_every_file_that_is_mounted_is_there_and_read_only(
    root: Path, compose: dict[str, Any], services: dict[str, Any]
) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    files = [mount for mount in mounts if mount.partition(":")[0] not in compose["volumes"]]
    assert files
    for mount in files:
        source, _, mode = mount.split(":")
        # Dashboards are generated into a folder of their own.
        assert (root / source).exists() or source == "./dashboards/generated", mount
        assert mode == "ro", mount
    # Where PostgreSQL 18 keeps its data.
    assert "postgres:/var/lib/postgresql" in services["postgres"]["volumes"]


def test_the_api_is_told_of_the_database_that_is_made_and_of_a_queue_beside_the_cache(
    services: dict[str, Any],
) -> None:
    made, told = (services[name]["environment"] for name in ("postgres", "api"))
    user, password, database = (made[f"POSTGRES_{part}"] for part in ("USER", "PASSWORD", "DB"))
    assert told["DATABASE_URL"] == f"postgres://{user}:{password}@postgres:5432/{database}"
    assert told["BROKER_URL"] != told["CACHE_URL"]
    given = services["redis"]["command"][services["redis"]["command"].index("--requirepass") + 1]
    for name in ("CACHE_URL", "BROKER_URL"):
        assert told[name].startswith(f"redis://:{given}@redis:6379/")
    # Queues never expire, so the server must not forget what does not.
    assert "volatile-lru" in services["redis"]["command"]


# The variables, their example and the settings.


def test_variables_and_their_defaults_are_those_of_the_example_and_explained_there(
    root: Path, text: str, example: dict[str, str]
) -> None:
    assert set(re.findall(r"\$\{(\w+)", text)) - example.keys() == set()
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert defaults == {name: example[name] for name in defaults}
    paragraphs = (root / ".env.example").read_text(encoding="utf-8").split("\n\n")
    assert [paragraph for paragraph in paragraphs if not paragraph.startswith("# ")] == []


def test_every_variable_the_api_reads_is_in_the_example_and_reaches_its_container(
    root: Path, example: dict[str, str], services: dict[str, Any]
) -> None:
    files = sorted((root / "app/config/settings").glob("*.py"))
    settings = "\n".join(each.read_text(encoding="utf-8") for each in files)
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z0-9_]+)\"", settings))
    assert "DJANGO_SECRET_KEY" in read
    assert read - example.keys() == set()
    assert read - services["api"]["environment"].keys() == set()


def test_a_missing_secret_is_refused_and_the_example_opens_nothing(
    text: str, example: dict[str, str]
) -> None:
    required = dict(re.findall(r"\$\{(\w+):\?([^}]*)\}", text))
    assert required.keys() == SECRETS
    assert {name for name in SECRETS if f"${{{name}:-" in text or example[name]} == set()
    assert [message for message in required.values() if ".env.example" not in message] == []
    # What would tell strangers more is off unless asked for.
    switches = {"DJANGO_DEBUG": "off", "H2H_SERVE_EXPERIMENTS": "off", "H2H_TOKEN": ""}
    assert switches.items() <= example.items()


def test_switches_of_the_api_are_no_settings_of_the_harness(
    root: Path, services: dict[str, Any]
) -> None:
    shared = services["api"]["environment"].keys() & services["h2h"]["environment"].keys()
    # Both have to know the token.
    switches = [name for name in shared if name.startswith("H2H_") and name != "H2H_TOKEN"]
    assert switches
    assert load_config(
        start=root, environment=dict.fromkeys(switches, "on"), flags={}
    ) == load_config(start=root, environment={}, flags={})


# Grafana.


def test_grafana_shows_nothing_to_strangers_and_what_it_shows_cannot_be_edited(
    root: Path, services: dict[str, Any]
) -> None:
    environment = services["grafana"]["environment"]
    assert environment["GF_SECURITY_ADMIN_PASSWORD"].startswith("${GRAFANA_ADMIN_PASSWORD:?")
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert environment["GF_USERS_ALLOW_SIGN_UP"] == "false"
    path = root / "dashboards/provisioning/dashboards/dashboards.yml"
    (provider,) = yaml.safe_load(path.read_text(encoding="utf-8"))["providers"]
    assert provider["allowUiUpdates"] is False
    assert provider["disableDeletion"] is True
    mounted = [mount.split(":")[1] for mount in services["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounted


def test_grafana_reads_services_it_waits_for_as_users_that_only_read(
    root: Path, services: dict[str, Any]
) -> None:
    path = root / "dashboards/provisioning/datasources/datasources.yml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))["datasources"]
    sources = {source["uid"]: source for source in found}
    assert sources.keys() == {"prometheus", "postgres"}
    for source in sources.values():
        host = source["url"].removeprefix("http://").partition(":")[0]
        assert host in services["grafana"]["depends_on"]
        assert source["editable"] is False
    readers = (root / "dashboards/provisioning/readers.sh").read_text(encoding="utf-8")
    assert (root / "dashboards/provisioning/readers.sh").stat().st_mode & 0o111
    user = sources["postgres"]["user"]
    exporter = services["postgres-exporter"]["environment"]["DATA_SOURCE_USER"]
    assert {user, exporter} == set(re.findall(r"CREATE ROLE (\w+) LOGIN", readers))
    assert f"ALTER ROLE {user} SET default_transaction_read_only = on;" in readers
    password = sources["postgres"]["secureJsonData"]["password"].removeprefix("$")
    assert password in services["grafana"]["environment"]
    assert f'"${password}"' in readers
    (readable,) = re.findall(rf"IN SCHEMA (\w+) GRANT SELECT ON TABLES TO {user}", readers)
    # The API's own tables go into the schema that is called as its user.
    assert services["postgres"]["environment"]["POSTGRES_USER"] != readable
