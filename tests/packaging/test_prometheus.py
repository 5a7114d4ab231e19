"""Prometheus' configuration and rules, by promtool and by what they have to agree with."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from headtohead.services.monitoring import RULES
from headtohead.services.prometheus import configuration
from headtohead.validity.generator import TOLERATED_CPU_SHARE
from tests.programs import required

FOLDER = Path("dashboards", "prometheus")


@pytest.fixture(scope="module")
def promtool() -> str:
    return required("promtool", package="prometheus")


@pytest.fixture(scope="module")
def config(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / FOLDER / "prometheus.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def alerts(root: Path) -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((root / RULES / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def rule_tests(root: Path) -> list[Path]:
    return sorted((root / RULES / "tests").glob("*.yml"))


def checked(*command: object) -> str:
    """What is wrong, by promtool; empty where nothing is."""
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{finished.stdout}{finished.stderr}" if finished.returncode else ""


@pytest.mark.process
def test_rules_do_what_their_cases_say(root: Path, promtool: str) -> None:
    assert checked(promtool, "test", "rules", *rule_tests(root)) == ""


@pytest.mark.process
def test_rules_pass_the_linter(root: Path, promtool: str) -> None:
    rules = sorted((root / RULES).glob("*.yml"))
    assert checked(promtool, "check", "rules", "--lint=all", "--lint-fatal", *rules) == ""


@pytest.mark.process
def test_cases_notice_a_rule_that_was_changed(root: Path, promtool: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for path in (root / RULES).rglob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("14.4 * 0.05", "2 * 0.05")
        (tmp_path / path.relative_to(root / RULES)).write_text(text, encoding="utf-8")
    cases = tmp_path / "tests" / "service.yml"
    assert "ResponseTimeBudgetBurnsFast" in checked(promtool, "test", "rules", cases)


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(
    root: Path, alerts: dict[str, dict[str, Any]]
) -> None:
    cases = [
        case
        for path in rule_tests(root)
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
        for case in test.get("alert_rule_test", [])
    ]
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == alerts.keys()
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == alerts.keys()


def test_every_alert_says_how_soon_and_what_to_do(alerts: dict[str, dict[str, Any]]) -> None:
    for alert in alerts.values():
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["annotations"].keys() == {"summary", "description"}


def test_the_generator_is_saturated_where_the_harness_says_so(
    alerts: dict[str, dict[str, Any]],
) -> None:
    expression = alerts["GeneratorSaturated"]["expr"]
    assert expression == f"headtohead_generator_cpu_ratio > {TOLERATED_CPU_SHARE}"


def test_compose_scrapes_what_the_local_stack_scrapes(config: dict[str, Any]) -> None:
    jobs = {each["job_name"]: each for each in config["scrape_configs"]}
    text = configuration(jobs=dict.fromkeys(jobs, "host:1"), token="secret", rules=Path("rules"))
    local = json.loads(text)
    assert config["global"] == local["global"]
    # Only the local stack starts servers for variants.
    *alike, beside = local["scrape_configs"]
    assert beside["job_name"] == "beside"
    for each in alike:
        own = jobs[each["job_name"]]
        assert own.get("scrape_interval") == each.get("scrape_interval")
        assert own.get("scrape_timeout") == each.get("scrape_timeout")
        assert ("authorization" in own) is ("authorization" in each) is (own["job_name"] == "api")
    assert beside["authorization"] == {"credentials": "secret"}
    assert jobs.keys() == {"api", "generator", "worker", "postgres", "valkey", "prometheus"}


def test_targets_are_services_of_docker_compose(
    config: dict[str, Any], services: dict[str, Any]
) -> None:
    targets = {
        job["job_name"]: target
        for job in config["scrape_configs"]
        for static in job["static_configs"]
        for target in static["targets"]
    }
    assert {each.partition(":")[0] for each in targets.values()} <= {*services, "localhost"}
    _, _, port = services["worker"]["environment"]["H2H_TASK_METRICS"].partition(":")
    assert targets["worker"] == f"worker:{port}"


def test_compose_writes_the_token_where_its_prometheus_reads_it(
    config: dict[str, Any], services: dict[str, Any]
) -> None:
    (api,) = (each for each in config["scrape_configs"] if each["job_name"] == "api")
    path = api["authorization"]["credentials_file"]
    prometheus = services["prometheus"]
    (script,) = prometheus["command"]
    assert f'"$$METRICS_TOKEN" >{path}' in script
    assert [Path(path).parent.as_posix()] == prometheus["tmpfs"]
    told = services["api"]["environment"]["METRICS_TOKEN"]
    assert prometheus["environment"] == {"METRICS_TOKEN": told}


@pytest.mark.process
def test_promtool_accepts_both_configurations(root: Path, promtool: str, tmp_path: Path) -> None:
    text = configuration(jobs={"api": "127.0.0.1:1"}, token="secret", rules=root / RULES)
    (tmp_path / "prometheus.json").write_text(text, encoding="utf-8")
    assert checked(promtool, "check", "config", tmp_path / "prometheus.json") == ""
    # Its rules are where the container has them.
    path = root / FOLDER / "prometheus.yml"
    assert checked(promtool, "check", "config", "--syntax-only", path) == ""
