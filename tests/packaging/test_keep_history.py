"""The branch that keeps the history, in real repositories."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

KEEP_HISTORY = Path(__file__).parents[2] / ".github/scripts/keep-history"


def git(*arguments: object, folder: Path) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    finished = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return finished.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a clone of a repository, and somebody else's clone of it."""
    git("init", "--bare", "remote.git", folder=tmp_path)
    git("clone", "remote.git", "one", folder=tmp_path)
    git("commit", "--allow-empty", "--message", "Begin", folder=tmp_path / "one")
    git("push", "origin", "HEAD", folder=tmp_path / "one")
    git("clone", "remote.git", "two", folder=tmp_path)
    return tmp_path


def keep(clone: Path, name: str, *lines: str) -> subprocess.CompletedProcess[str]:
    added = clone / "added.jsonl"
    added.write_text("".join(f"{line}\n" for line in lines))
    return subprocess.run(
        [KEEP_HISTORY, added], cwd=clone / name, capture_output=True, text=True, check=False
    )


def kept(clone: Path) -> list[str]:
    shown = git("show", "headtohead-history:history.jsonl", folder=clone / "remote.git")
    return shown.splitlines()


def test_lines_are_added_to_a_branch_of_their_own(clone: Path) -> None:
    for name, line in (("one", "a"), ("two", "b"), ("one", "c")):
        finished = keep(clone, name, line)
        assert finished.returncode == 0, finished.stderr
    assert kept(clone) == ["a", "b", "c"]
    assert len(git("worktree", "list", folder=clone / "one").splitlines()) == 1


def test_what_somebody_pushes_in_between_is_kept_too(clone: Path) -> None:
    keep(clone, "one", "a")
    hook = clone / "one/.git/hooks/pre-push"
    # Somebody is faster, once.
    hook.write_text(
        f"""#!/bin/sh
rm "$0"
echo b >'{clone}/theirs.jsonl'
cd '{clone}/two' && unset GIT_DIR && '{KEEP_HISTORY}' '{clone}/theirs.jsonl' >/dev/null 2>&1
"""
    )
    hook.chmod(0o755)
    finished = keep(clone, "one", "c")
    assert finished.returncode == 0, finished.stderr
    assert kept(clone) == ["a", "b", "c"]


def test_nothing_to_keep_is_no_commit(clone: Path) -> None:
    keep(clone, "one", "a")
    before = git("rev-parse", "headtohead-history", folder=clone / "remote.git")
    assert keep(clone, "one").returncode == 0
    assert git("rev-parse", "headtohead-history", folder=clone / "remote.git") == before
