"""Where a record says that it comes from."""

import subprocess
from pathlib import Path

import pytest

from headtohead.records.provenance import Began, GitState, git_state


def git(*arguments: str, folder: Path) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    finished = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return finished.stdout.strip()


@pytest.mark.process
def test_outside_a_repository_and_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    assert git_state(tmp_path) == GitState(commit=None, dirty=False)
    git("init", "--quiet", folder=tmp_path)
    assert git_state(tmp_path).commit is None


@pytest.mark.process
def test_a_working_tree_that_differs_from_its_commit_is_dirty(tmp_path: Path) -> None:
    git("init", "--quiet", folder=tmp_path)
    git("commit", "--quiet", "--allow-empty", "--message", "Begin", folder=tmp_path)
    commit = git("rev-parse", "HEAD", folder=tmp_path)
    assert git_state(tmp_path) == GitState(commit=commit, dirty=False)
    (tmp_path / "new.py").touch()
    assert git_state(tmp_path) == GitState(commit=commit, dirty=True)


@pytest.mark.process
def test_a_record_tells_when_it_began_how_long_it_took_and_how_busy_the_machine_was(
    tmp_path: Path,
) -> None:
    began = Began(clock=Began().clock - 60, load=0.25)
    found = began.provenance(tmp_path, own=(), servers={"Valkey": "9"}, rows=7)
    assert found["started_at"] == began.at
    assert 60 <= found["seconds"] < 120
    environment = found["environment"]
    assert (environment.rows, environment.servers) == (7, {"Valkey": "9"})
    assert environment.load_before == 0.25
