"""What a gate starts, and what it makes of a base that knows nothing of h2h."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from headtohead.check.outcome import Outcome
from headtohead.ci.gate import gate_working_tree, report
from headtohead.ci.gate.policy import FindingKind, read_policy
from headtohead.ci.gate.write_files import write_gate
from headtohead.compare.endpoints import endpoints_at
from headtohead.config import Config
from headtohead.errors import (
    ConfigurationError,
    ExitCode,
    MeasurementError,
    RevisionError,
    StackError,
)
from tests.check.factories import experiment
from tests.report import samples
from tests.revisions.repositories import commit, new_repository

FAILED = StackError("the API does not start: No module named 'shop'", fix="see its log")
SETTINGS = "[tool.headtohead]\nrows = 5\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project in a folder of a repository, whose branch `main` has no settings of h2h."""
    root = new_repository(tmp_path / "repository")
    project = root / "back end"
    project.mkdir()
    (project / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    commit(root, "a project")
    return project


@pytest.fixture
def give(monkeypatch):
    """Gives a gate whose comparison ends like this; what was started, and what came of it."""

    def give(root: Path, *, base: str = "main", ends: Exception | None = None, experiments=()):
        started: list[str] = []

        def open_target(*_: Any, **__: Any) -> Any:
            started.append("stack")
            return nullcontext()

        def compare(*_: Any, **__: Any) -> Any:
            started.append("comparison")
            if ends:
                raise ends
            return samples.run(), Path()

        monkeypatch.setattr(gate_working_tree, "open_target", open_target)
        monkeypatch.setattr(gate_working_tree, "check", lambda *_, **__: Outcome(preflights={}))
        monkeypatch.setattr(gate_working_tree, "compare", compare)
        judged, record = gate_working_tree.gate(
            base,
            runnable=experiments,
            declared=experiments,
            policy=read_policy({"paths": ["/asked/"]}),
            config=Config(root=root),
            note=lambda _: None,
            say=lambda _: None,
            write_reports=lambda _run, _folder: None,
        )
        return started, judged, record

    return give


def test_a_stack_is_started_for_experiments_alone(give, tmp_path):
    assert give(tmp_path)[0] == ["comparison"]
    assert give(tmp_path, experiments=[experiment()])[0] == ["stack", "comparison"]


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "text"), [("pyproject.toml", SETTINGS), ("headtohead.toml", "rows = 5\n")]
)
def test_the_first_pull_request_passes_and_says_why_nothing_was_compared(
    name, text, repository, give, tmp_path
):
    (repository / name).write_text(text)
    _, judged, record = give(repository, ends=FAILED)
    assert (judged.exit_code, judged.result, record) == (ExitCode.OK, "passed", None)
    assert judged.not_compared == (
        "main predates h2h in this project, so there is nothing to compare with yet "
        "(the API does not start: No module named 'shop')."
    )
    assert report.summary(judged) == judged.not_compared
    write_gate(judged, record, tmp_path / "gate")
    page = (tmp_path / "gate" / "comment.md").read_text(encoding="utf-8")
    assert "main predates h2h in this project" in page
    assert "The whole comparison" not in page


@pytest.mark.process
def test_what_its_checks_find_counts_all_the_same(repository, give):
    (repository / "pyproject.toml").write_text(SETTINGS)
    _, judged, _ = give(repository, ends=FAILED, experiments=[experiment()])
    assert [each.kind for each in judged.judgements] == [FindingKind.UNTESTED]
    assert judged.result == "passed"
    assert report.summary(judged) == (
        f"{judged.not_compared} The working tree against main: 0 fail, 1 warns, 0 pass."
    )


@pytest.mark.process
def test_a_base_that_can_be_served_is_compared_whatever_it_knows_of_h2h(repository, give):
    (repository / "pyproject.toml").write_text(SETTINGS)
    _, judged, record = give(repository)
    assert record
    assert judged.not_compared == ""


@pytest.mark.process
def test_a_base_with_settings_excuses_nothing(repository, give):
    (repository / "pyproject.toml").write_text(SETTINGS)
    commit(repository.parent, "with settings")
    with pytest.raises(StackError):
        give(repository, ends=FAILED)


@pytest.mark.process
def test_where_there_are_no_settings_at_all_nothing_is_excused(repository, give):
    with pytest.raises(StackError):
        give(repository, ends=FAILED)


@pytest.mark.process
def test_a_base_that_is_not_there_predates_nothing(repository, give):
    (repository / "pyproject.toml").write_text(SETTINGS)
    with pytest.raises(RevisionError, match="no commit 'nowhere'"):
        give(repository, base="nowhere", ends=RevisionError("gone", fix="look"))


@pytest.mark.process
def test_a_measurement_that_does_not_count_is_told_as_such(repository, give):
    (repository / "pyproject.toml").write_text(SETTINGS)
    with pytest.raises(MeasurementError):
        give(repository, ends=MeasurementError("nothing could be timed", fix="ask for more"))


@pytest.mark.parametrize(("budget", "each"), [(240, 20), (5, 5)])
def test_where_nothing_is_named_it_judges_what_is_found(budget, each, find):
    asked, judged = find({"budget": budget})
    assert (asked["config"].budget, asked["seconds"], asked["budget"]) == (each, budget, each)
    assert [(one.experiment, one.kind) for one in judged.judgements] == [
        ("found", FindingKind.INVALID)
    ]


def test_a_policy_about_what_is_not_found_is_refused(find):
    assert find({"experiments": {"found": {"margin": 0.5}}})[0]["margins"] == {"found": 0.5}
    with pytest.raises(ConfigurationError, match="'fuond', which is no experiment"):
        find({"experiments": {"fuond": {}}})


@pytest.fixture
def find(monkeypatch, tmp_path):
    """Gives a gate by such a policy, where one path is found; what it asked, and what it judged."""

    def find(table: dict[str, object]) -> tuple[dict[str, Any], Any]:
        asked: dict[str, Any] = {}

        def find_endpoints(_: object, **given: Any) -> Any:
            asked.update(given)
            return endpoints_at(["/found/"])

        def compare(*_: object, choose: Any, **given: Any) -> Any:
            choose(None)
            asked.update(given)
            return samples.run(), Path()

        monkeypatch.setattr(gate_working_tree, "find_endpoints", find_endpoints)
        monkeypatch.setattr(gate_working_tree, "compare", compare)
        judged, _ = gate_working_tree.gate(
            "main",
            runnable=[],
            declared=[],
            policy=read_policy(table),
            config=Config(root=tmp_path),
            note=lambda _: None,
            say=lambda _: None,
            write_reports=lambda _run, _folder: None,
        )
        return asked, judged

    return find
