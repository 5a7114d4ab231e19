import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from headtohead.config import load_config

VARIABLE = re.compile(r"\$\{(\w+)")
IMAGE_WITH_VERSION = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*")
SECRETS = {
    "DJANGO_SECRET_KEY": "signing-key",
    "JWT_SIGNING_KEY": "another-signing-key",
    "POSTGRES_PASSWORD": "opensesame",
    "POSTGRES_READER_PASSWORD": "letmeread",
    "GRAFANA_ADMIN_PASSWORD": "letmein",
}

# Services that run the project.
OURS = ("api", "migrate", "worker", "beat")


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


@pytest.fixture(scope="module")
def example(root: Path) -> dict[str, str]:
    """Names and values of `.env.example`, those commented out included."""
    lines = (root / ".env.example").read_text(encoding="utf-8").splitlines()
    assignments = [re.fullmatch(r"(?:# )?([A-Z0-9_]+)=(.*)", line) for line in lines]
    return {match[1]: match[2] for match in assignments if match}


def test_it_fits_the_compose_schema(
    root: Path, schema_problems: Callable[[Path, str], str]
) -> None:
    assert schema_problems(root / "docker-compose.yml", "vendor.compose-spec") == ""


def test_the_schema_would_notice_a_mistake(
    text: str, tmp_path: Path, schema_problems: Callable[[Path, str], str]
) -> None:
    mistaken = tmp_path / "docker-compose.yml"
    mistaken.write_text(text.replace("depends_on:", "depend_on:"), encoding="utf-8")
    assert "depend_on" in schema_problems(mistaken, "vendor.compose-spec")


def docker_compose_is_installed() -> bool:
    if not shutil.which("docker"):
        return False
    return not subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    ).returncode


@pytest.fixture
def rendered(root: Path, tmp_path: Path) -> dict[str, Any]:
    """The file as `docker compose` itself understands it, with the secrets filled in."""
    if not docker_compose_is_installed():
        pytest.skip("docker compose is not installed")
    environment = tmp_path / ".env"
    environment.write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
    config = subprocess.run(
        [
            *("docker", "compose", "--env-file", environment, "--profile", "*"),
            *("config", "--format", "json"),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(config.stdout)


def test_docker_compose_itself_accepts_it(rendered: dict[str, Any], services: object) -> None:
    assert rendered["services"].keys() == services.keys()


def started(services: dict[str, Any], *profiles: str) -> set[str]:
    """What `docker compose --profile ... up` starts."""
    return {
        name
        for name, service in services.items()
        if "profiles" not in service or set(profiles) & set(service["profiles"])
    }


def test_the_services_are_the_api_its_servers_and_what_watches_them(
    services: dict[str, Any],
) -> None:
    watching = {"prometheus", "grafana", "postgres-exporter", "valkey-exporter"}
    usual = {*OURS, "postgres", "redis", "memcached", *watching}
    assert started(services) == usual
    assert started(services, "load") == {*usual, "locust", "locust-worker"}
    assert started(services, "run") == {*usual, "h2h"}


def test_ports_are_open_to_this_machine_alone(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 6
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_images_are_pinned_by_version(services: dict[str, Any]) -> None:
    images = [service["image"] for service in services.values()]
    assert [image for image in images if not IMAGE_WITH_VERSION.fullmatch(image)] == []


def test_the_api_image_has_the_version_of_the_project(root: Path, services: dict[str, Any]) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert services["api"]["image"] == f"headtohead-api:{version}"


def test_every_image_is_built_here_or_published(services: dict[str, Any]) -> None:
    built = {service["image"] for service in services.values() if "build" in service}
    assert built == {services["api"]["image"]}
    for name in ("h2h", "locust", "locust-worker"):
        assert services[name]["image"] in built


def test_the_service_that_builds_the_image_is_one_the_api_waits_for(
    services: dict[str, Any],
) -> None:
    builders = {name for name, service in services.items() if "build" in service}
    assert builders <= services["api"]["depends_on"].keys()


def one_shots(services: dict[str, Any]) -> set[str]:
    return {name for name, service in services.items() if service["restart"] == "no"}


def test_every_service_that_stays_has_a_health_check(services: dict[str, Any], root: Path) -> None:
    dockerfile = (root / "Dockerfile").read_text(encoding="utf-8")
    for name in services.keys() - one_shots(services):
        check = services[name]["healthcheck"]
        assert "interval" in check, name
        # A service of our own image inherits how the image is checked.
        assert "test" in check or (name == "api" and "\nHEALTHCHECK " in dockerfile), name


def test_nothing_starts_before_what_it_needs_is_ready(services: dict[str, Any]) -> None:
    for service in services.values():
        for needed, gate in service.get("depends_on", {}).items():
            expected = (
                "service_completed_successfully"
                if needed in one_shots(services)
                else "service_healthy"
            )
            assert gate["condition"] == expected


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


def test_the_database_in_the_address_is_the_one_postgres_makes(services: dict[str, Any]) -> None:
    made = services["postgres"]["environment"]
    url = services["api"]["environment"]["DATABASE_URL"]
    user, password, database = (made[f"POSTGRES_{part}"] for part in ("USER", "PASSWORD", "DB"))
    assert url == f"postgres://{user}:{password}@postgres:5432/{database}"


def test_the_api_keeps_its_tables_out_of_the_schema_that_grafana_reads(
    root: Path, services: dict[str, Any]
) -> None:
    readers = (root / "dashboards/provisioning/readers.sh").read_text(encoding="utf-8")
    (readable,) = re.findall(r"IN SCHEMA (\w+) GRANT SELECT ON TABLES TO grafana", readers)
    # Unqualified names are first looked for, and made, in the schema that is called as the user.
    assert services["postgres"]["environment"]["POSTGRES_USER"] != readable


def test_all_share_one_network(compose: dict[str, Any], services: dict[str, Any]) -> None:
    assert {tuple(service["networks"]) for service in services.values()} == {
        tuple(compose["networks"])
    }


def test_the_data_of_postgres_18_is_on_a_named_volume(
    compose: dict[str, Any], services: dict[str, Any]
) -> None:
    mount, *_ = services["postgres"]["volumes"]
    volume, _, target = mount.partition(":")
    assert volume in compose["volumes"]
    assert target == "/var/lib/postgresql"


def test_the_project_runs_without_privileges(services: dict[str, Any]) -> None:
    for name in (*OURS, "h2h", "locust", "locust-worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    for service in services.values():
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_folder_of_the_metrics_is_writable_for_the_user_of_the_image(
    root: Path, services: dict[str, Any]
) -> None:
    dockerfile = (root / "Dockerfile").read_text(encoding="utf-8")
    (directory,) = re.findall(r"PROMETHEUS_MULTIPROC_DIR=(\S+)", dockerfile)
    (user,) = re.findall(r"^USER (\d+):\d+$", dockerfile, re.MULTILINE)
    mounts = [mount for mount in services["api"]["tmpfs"] if mount.startswith(directory)]
    assert mounts == [f"{directory}:uid={user},gid={user},mode=0700"]


def test_every_variable_is_in_the_example(text: str, example: dict[str, str]) -> None:
    assert set(VARIABLE.findall(text)) - example.keys() == set()


@pytest.fixture(scope="module")
def read_by_the_api(root: Path) -> set[str]:
    """The variables that the settings look for."""
    settings = (root / "app/config/settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z0-9_]+)\"", settings))
    assert "DJANGO_SECRET_KEY" in names
    return names


def test_every_variable_the_api_reads_is_in_the_example(
    read_by_the_api: set[str], example: dict[str, str]
) -> None:
    assert read_by_the_api - example.keys() == set()


def test_every_variable_the_api_reads_reaches_its_container(
    read_by_the_api: set[str], services: dict[str, Any]
) -> None:
    assert read_by_the_api - services["api"]["environment"].keys() == set()


def test_defaults_are_those_of_the_example(text: str, example: dict[str, str]) -> None:
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert defaults == {name: example[name] for name in defaults}


def test_a_missing_secret_is_refused_and_the_example_holds_none(
    text: str, example: dict[str, str]
) -> None:
    required = dict(re.findall(r"\$\{(\w+):\?([^}]*)\}", text))
    assert required.keys() == SECRETS.keys()
    for name, message in required.items():
        assert ".env.example" in message
        assert example[name] == ""


def test_experiments_are_off_and_nobody_is_authorised_unless_asked_for(
    example: dict[str, str],
) -> None:
    assert example["H2H_SERVE_EXPERIMENTS"] == "off"
    assert example["H2H_TOKEN"] == ""
    assert example["DJANGO_DEBUG"] == "off"


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


def test_every_variable_of_the_example_is_explained(root: Path) -> None:
    paragraphs = (root / ".env.example").read_text(encoding="utf-8").strip().split("\n\n")
    assert [paragraph for paragraph in paragraphs if not paragraph.startswith("# ")] == []


def test_queue_and_cache_are_apart(services: dict[str, Any]) -> None:
    environment = services["api"]["environment"]
    assert environment["BROKER_URL"] != environment["CACHE_URL"]
    # Queues never expire, so the server must not forget what does not.
    assert "volatile-lru" in services["redis"]["command"]


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


def test_grafana_has_no_default_password_and_shows_nothing_to_strangers(
    services: dict[str, Any],
) -> None:
    environment = services["grafana"]["environment"]
    assert environment["GF_SECURITY_ADMIN_PASSWORD"].startswith("${GRAFANA_ADMIN_PASSWORD:?")
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert environment["GF_USERS_ALLOW_SIGN_UP"] == "false"


@pytest.fixture(scope="module")
def data_sources(root: Path) -> dict[str, dict[str, Any]]:
    path = root / "dashboards/provisioning/datasources/datasources.yml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))["datasources"]
    return {source["uid"]: source for source in found}


def test_data_sources_are_services_of_this_file_and_fixed(
    data_sources: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    assert data_sources.keys() == {"prometheus", "postgres"}
    for source in data_sources.values():
        host = source["url"].removeprefix("http://").partition(":")[0]
        assert host in services["grafana"]["depends_on"]
        assert source["editable"] is False


def test_grafana_reads_the_database_as_a_user_that_only_reads(
    root: Path, data_sources: dict[str, dict[str, Any]], services: dict[str, Any]
) -> None:
    source = data_sources["postgres"]
    readers = (root / "dashboards/provisioning/readers.sh").read_text(encoding="utf-8")
    assert f"CREATE ROLE {source['user']} LOGIN" in readers
    assert f"ALTER ROLE {source['user']} SET default_transaction_read_only = on;" in readers
    name = source["secureJsonData"]["password"].removeprefix("$")
    assert name in services["grafana"]["environment"]
    assert f'"${name}"' in readers
    exporter = services["postgres-exporter"]["environment"]["DATA_SOURCE_USER"]
    assert f"CREATE ROLE {exporter} LOGIN" in readers
    assert (root / "dashboards/provisioning/readers.sh").stat().st_mode & 0o111


def test_dashboards_cannot_be_edited_in_the_browser(root: Path, services: dict[str, Any]) -> None:
    path = root / "dashboards/provisioning/dashboards/dashboards.yml"
    (provider,) = yaml.safe_load(path.read_text(encoding="utf-8"))["providers"]
    assert provider["allowUiUpdates"] is False
    assert provider["disableDeletion"] is True
    mounted = [mount.split(":")[1] for mount in services["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounted


def test_the_worker_shows_its_metrics_where_prometheus_looks(
    root: Path, services: dict[str, Any]
) -> None:
    config = yaml.safe_load((root / "dashboards/prometheus/prometheus.yml").read_text())
    (worker,) = (job for job in config["scrape_configs"] if job["job_name"] == "worker")
    _, _, port = services["worker"]["environment"]["H2H_TASK_METRICS"].partition(":")
    assert worker["static_configs"] == [{"targets": [f"worker:{port}"]}]
