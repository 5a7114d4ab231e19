"""Revisions of a project, in a real repository."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from headtohead.errors import RevisionError
from headtohead.revisions import WORKING_TREE
from tests.revisions.repositories import commit, git, new_repository, revisions

pytestmark = pytest.mark.revisions


@pytest.fixture
def repository(tmp_path) -> Path:
    return new_repository(tmp_path / "repository")


def answer(revision) -> str:
    finished = subprocess.run(
        [str(revision.environment.interpreter), "-c", "import shop; print(shop.ANSWER)"],
        cwd=revision.root,
        env=os.environ | revision.environment.variables(),
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.strip()


def test_each_revision_runs_its_own_code(repository):
    with revisions(repository, "v1", "main") as (base, head):
        assert (answer(base), answer(head)) == ("old", "new")
        assert base.label == f"v1 ({base.commit[:10]})"
        assert not base.changed


def test_without_a_head_it_is_the_working_tree_with_what_is_not_committed(repository):
    with revisions(repository, "main") as (base, head):
        assert head.label == f"HEAD ({base.commit[:10]})"
        assert head.root.is_relative_to(repository / ".h2h" / "revisions")
    (repository / "shop.py").write_text("ANSWER = 'changed'\n", encoding="utf-8")
    with revisions(repository, "main") as (base, head):
        assert (answer(base), answer(head)) == ("new", "changed")
        assert head.name == WORKING_TREE
        assert head.label == f"working tree ({head.commit[:10]}, changed)"


def test_a_revision_can_be_compared_with_itself(repository):
    with revisions(repository, "main", "main") as (base, head):
        assert base.root != head.root
        assert base.commit == head.commit
        assert (answer(base), answer(head)) == ("new", "new")


def test_nothing_is_left_however_the_block_ends(repository):
    with pytest.raises(LookupError), revisions(repository, "v1", "main") as both:
        raise LookupError
    assert not any(each.root.exists() for each in both)
    assert git("worktree", "list", root=repository).count("\n") == 0
    assert git("status", "--porcelain", root=repository) == ""


def test_what_a_killed_process_left_is_removed_by_the_next(repository):
    program = f"""
        import os, signal
        from pathlib import Path
        from headtohead.config import Config
        from headtohead.revisions import checked_out
        config = Config(root=Path({str(repository)!r}))
        with checked_out("v1", "main", config=config, note=print, say=print):
            os.kill(os.getpid(), signal.SIGKILL)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(list((repository / ".h2h" / "revisions").iterdir())) == 2
    with revisions(repository, "v1"):
        assert len(list((repository / ".h2h" / "revisions").iterdir())) == 2


def test_a_project_below_the_top_of_its_repository_is_found_in_its_revisions(repository):
    below = repository / "shops" / "one"
    below.mkdir(parents=True)
    commit(below, "below")
    with revisions(below, "main") as (base, _):
        assert answer(base) == "below"
        assert base.root.parts[-2:] == ("shops", "one")
    with pytest.raises(RevisionError, match="v1 has no folder shops/one"), revisions(below, "v1"):
        pass


def test_a_revision_that_is_not_there_is_refused_with_what_to_do(repository, tmp_path):
    with (
        pytest.raises(RevisionError, match="no commit 'nowhere'; name a branch"),
        revisions(repository, "nowhere"),
    ):
        pass
    with pytest.raises(RevisionError, match="no commit '--all'"), revisions(repository, "--all"):
        pass
    outside = tmp_path / "outside"
    outside.mkdir()
    with (
        pytest.raises(RevisionError, match="outside is in no git repository"),
        revisions(outside, "main"),
    ):
        pass


def test_what_pins_the_same_packages_is_run_by_the_same_interpreter(repository):
    (repository / "requirements.lock").write_text("", encoding="utf-8")
    commit(repository, "locked")
    with revisions(repository, "main") as (base, head):
        assert base.environment.interpreter == head.environment.interpreter == Path(sys.executable)
    # A revision that pins nothing cannot say what it needs.
    with revisions(repository, "v1") as (base, _):
        assert base.environment.interpreter == Path(sys.executable)


def test_other_packages_get_an_environment_that_is_kept(repository):
    (repository / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    commit(repository, "locked")
    (repository / "requirements.lock").write_text("# nothing either\n", encoding="utf-8")
    notes: list[str] = []
    with revisions(repository, "main", notes=notes) as (base, head):
        assert base.environment.interpreter.is_relative_to(repository / ".h2h" / "environments")
        assert head.environment.interpreter == Path(sys.executable)
        assert answer(base) == "locked"
    assert notes == [
        "copying the working tree",
        (
            "the packages of a revision are those of python in [tool.headtohead], "
            "as requirements.lock is the same"
        ),
        "installing what requirements.lock of that revision asks for",
    ]
    with revisions(repository, "main", notes=notes) as (again, _):
        assert again.environment.interpreter == base.environment.interpreter
    assert notes[3:] == notes[:2]


def test_packages_that_cannot_be_installed_are_told_of_and_leave_nothing(repository):
    (repository / "requirements.lock").write_text("./missing\n", encoding="utf-8")
    commit(repository, "broken")
    (repository / "requirements.lock").write_text("\n", encoding="utf-8")
    for _ in range(2):
        with (
            pytest.raises(RevisionError, match="environment of a revision cannot be made"),
            revisions(repository, "main"),
        ):
            pass
    assert not list((repository / ".h2h" / "revisions").iterdir())
