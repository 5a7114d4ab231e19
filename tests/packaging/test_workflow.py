import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def path(root: Path) -> Path:
    return root / ".github/workflows/ci.yml"


@pytest.fixture(scope="module")
def workflow(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def jobs(workflow: dict[str, Any]) -> dict[str, Any]:
    return workflow["jobs"]


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_it_runs_the_tests_on_every_python_the_project_names(
    root: Path, jobs: dict[str, Any]
) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r":: (3\.\d+)", "\n".join(project["classifiers"]))
    assert jobs["test"]["strategy"]["matrix"]["python"] == named
    # The runner has Pythons of its own, which make would prefer when they are newer.
    assert commands(jobs["test"]) == ["make test PYTHON=python"]


def test_it_runs_the_script_for_a_bare_machine(jobs: dict[str, Any]) -> None:
    assert commands(jobs["bare-machine"]) == [".ci/run"]
    assert re.fullmatch(r"debian:\d+\.\d+-slim", jobs["bare-machine"]["container"]["image"])


def test_every_job_ends_in_time(jobs: dict[str, Any]) -> None:
    assert all(job["timeout-minutes"] <= 90 for job in jobs.values())
