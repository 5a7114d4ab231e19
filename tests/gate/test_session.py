"""A gate on a small shop, served and measured for real."""

import json
from xml.etree import ElementTree as ET

import pytest

from benchmarks.proof.commits import COMMITS
from benchmarks.proof.repository import write_repository
from tests.conftest import Project

pytestmark = pytest.mark.stack

# Which commit asks for the category of every product.
SLOWER = 6
POLICY = """
[tool.headtohead.gate]
paths = ["/products/", "/nowhere/"]
budget = 12
rounds = 8
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate") / "shop"
    hashes = write_repository(folder, COMMITS[:SLOWER])
    settings = folder / "pyproject.toml"
    own = settings.read_text(encoding="utf-8").partition("\n[tool.headtohead.gate]")[0]
    settings.write_text(own + POLICY, encoding="utf-8")
    project = Project(root=folder)
    assert project.h2h("up").returncode == 0
    yield project, hashes
    project.h2h("down")


@pytest.mark.alone
def test_a_query_for_every_row_fails_and_github_and_gitlab_are_told(shop, tmp_path):
    project, hashes = shop
    summary = tmp_path / "summary.md"
    summary.write_text("What stood there before.\n", encoding="utf-8")
    completed = project.h2h(
        *("gate", hashes[SLOWER - 1], "--output", str(tmp_path / "gate")),
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    # A busy machine may make it invalid.
    assert completed.returncode in {1, 3}, completed.stderr
    judged = json.loads((tmp_path / "gate" / "gate.json").read_text(encoding="utf-8"))
    kinds = {each["subject"]: each["kind"] for each in judged["judgements"]}
    assert kinds["nowhere"] == "untested"
    page = (tmp_path / "gate" / "comment.md").read_text(encoding="utf-8")
    assert summary.read_text(encoding="utf-8") == f"What stood there before.\n{page}"
    assert "::warning title=nowhere%3A untested::/nowhere/: both answer 404" in completed.stdout
    ET.fromstring((tmp_path / "gate" / "junit.xml").read_text(encoding="utf-8"))  # noqa: S314
    record = json.loads((project.root / "results" / judged["run_id"] / "run.json").read_text())
    assert record["experiments"][0]["comparisons"][0]["ratio"] > 1.5
    if completed.returncode == 1:
        assert kinds["products"] == "slower"
        assert judged["result"] == "failed"
        assert "::error title=products%3A slower::" in completed.stdout
        assert "1 → 26" in page


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ("slowr = 'fail'", "[tool.headtohead.gate] cannot be used: Object contains unknown field"),
        ("paths = ['nowhere']", "path 'nowhere' is not absolute"),
        ("paths = ['/']\nexperiments = {nothing = {}}", "is about 'nothing', which is no experim"),
        ("", "there is nothing to compare revisions by"),
    ],
)
def test_a_policy_that_means_nothing_is_refused_before_anything_starts(tmp_path, policy, problem):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.headtohead]\n[tool.headtohead.gate]\n{policy}\n", encoding="utf-8"
    )
    completed = Project(root=tmp_path).h2h("gate", "HEAD")
    assert completed.returncode == 2
    (line,) = completed.stderr.strip().splitlines()
    assert problem in line
    assert not (tmp_path / "results").exists()
