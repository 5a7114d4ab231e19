import re
import tomllib
from collections.abc import Callable
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


def test_it_fits_the_schema_of_workflows(
    path: Path, schema_problems: Callable[[Path, str], str]
) -> None:
    assert schema_problems(path, "vendor.github-workflows") == ""


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


def test_it_may_only_read(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}


def test_every_job_ends_in_time(jobs: dict[str, Any]) -> None:
    assert all(job["timeout-minutes"] <= 30 for job in jobs.values())


def test_actions_are_pinned_by_commit(path: Path) -> None:
    uses = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert uses
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [use for use in uses if not pinned.fullmatch(use)] == []
