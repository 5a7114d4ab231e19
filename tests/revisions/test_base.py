"""Which commit is compared with where none is named, and what is said of one that is."""

import subprocess
from pathlib import Path

import pytest

from headtohead.errors import RevisionError
from headtohead.revisions.base import default_base, remark_on_base
from tests.revisions.repositories import commit, git, new_repository, revisions

pytestmark = pytest.mark.revisions


@pytest.fixture
def root(tmp_path) -> Path:
    return new_repository(tmp_path / "repository")


def branch_off(root: Path, *, ahead: int = 0) -> str:
    """Switch to a branch with a commit of its own; main gets some, too. Where they part."""
    parting = git("rev-parse", "main", root=root)
    for number in range(ahead):
        commit(root, f"main {number}")
    git("switch", "--quiet", "--create", "feature", parting, root=root)
    commit(root, "feature")
    return parting


def test_a_branch_is_compared_with_where_it_left_the_default_branch(root):
    parting = branch_off(root, ahead=2)
    assert default_base(root) == (parting, "merge base with main")
    with revisions(root, None, said=(said := [])) as (base, head):
        assert base.commit == parting
        assert base.label == f"merge base with main ({parting[:10]})"
        assert "feature" in (head.root / "shop.py").read_text()
    assert said == [f"comparing with merge base with main ({parting[:10]})"]


def test_a_default_branch_that_did_not_move_on_is_named(root):
    parting = branch_off(root)
    assert default_base(root) == (parting, "main")


def test_on_the_default_branch_changes_are_compared_with_head_and_head_with_what_was_before(root):
    old, new = (git("rev-parse", each, root=root) for each in ("v1", "main"))
    own = [root / "results"]
    (root / "results").mkdir()
    (root / "results" / "run.json").touch()
    assert default_base(root, own=own) == (old, "HEAD~1")
    (root / "shop.py").write_text("ANSWER = 'changed'\n")
    assert default_base(root, own=own) == (new, "HEAD")


@pytest.mark.parametrize("name", ["master", "trunk", "develop"])
def test_default_branches_of_other_names_are_known(root, name):
    parting = branch_off(root)
    git("branch", "--move", "main", name, root=root)
    assert default_base(root) == (parting, name)


def test_what_the_remote_calls_its_head_goes_before_names(root, tmp_path):
    git("switch", "--quiet", "--create", "release", "v1", root=root)
    git("clone", "--quiet", str(root), "clone", root=tmp_path)
    clone = tmp_path / "clone"
    git("switch", "--quiet", "--create", "main", "origin/main", root=clone)
    assert default_base(clone)[1] == "origin/release"
    # One whose branch is gone tells nothing.
    git("update-ref", "-d", "refs/remotes/origin/release", root=clone)
    assert default_base(clone)[1] == "HEAD~1"
    git("switch", "--quiet", "--detach", root=clone)
    git("branch", "--delete", "--force", "main", root=clone)
    commit(clone, "detached")
    assert default_base(clone)[1] == "origin/main"


def test_without_a_default_branch_a_base_has_to_be_named(root):
    git("branch", "--move", "main", "work", root=root)
    with pytest.raises(RevisionError, match="no default branch .*h2h compare HEAD~1.*set-head"):
        default_base(root)


def test_histories_that_do_not_meet_are_told(root, tmp_path):
    git("switch", "--quiet", "--orphan", "other", root=root)
    commit(root, "other")
    with pytest.raises(RevisionError, match="main and HEAD have no commit in common; name a rev"):
        default_base(root)
    git("clone", "--quiet", "--no-single-branch", "--depth=1", f"file://{root}", "s", root=tmp_path)
    git("remote", "set-head", "origin", "main", root=tmp_path / "s")
    with pytest.raises(RevisionError, match="common in this clone, which is shallow; git fetch"):
        default_base(tmp_path / "s")


def test_a_first_commit_has_nothing_to_compare_with(tmp_path):
    root = tmp_path / "first"
    root.mkdir()
    git("init", "--quiet", "--initial-branch=main", root=root)
    commit(root, "first")
    with pytest.raises(RevisionError, match="HEAD has no commit before it .*; commit a change"):
        default_base(root)


def said_of(root: Path, base: str, head: str | None = None, *, changed: bool = False) -> str | None:
    return remark_on_base(base, head, changed=changed, root=root)


def test_a_base_with_commits_that_head_lacks_is_said_with_the_command_that_leaves_them_out(root):
    parting = branch_off(root, ahead=3)
    said = said_of(root, "main")
    assert said == (
        "main has 3 commits that HEAD lacks; the comparison shows those, too; compare with the "
        "merge base: h2h compare $(git merge-base main HEAD)"
    )
    command = said.rpartition("compare ")[2]
    shell = ["sh", "-c", f"echo {command}"]
    found = subprocess.run(shell, cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == parting
    assert said_of(root, ":/main 2", "feature").endswith(
        "h2h compare $(git merge-base ':/main 2' feature) feature"
    )
    with revisions(root, "main", said=(told := [])):
        pass
    assert told == [said]


def test_of_a_base_that_head_is_built_on_nothing_is_said(root):
    branch_off(root)
    for base in ("main", "v1", "feature"):
        assert said_of(root, base) is None


def test_no_command_is_said_that_would_compare_head_with_itself(root):
    assert said_of(root, "main", "v1") == (
        "main has 1 commit that v1 lacks; the comparison shows those, too"
    )
    git("switch", "--quiet", "--detach", "v1", root=root)
    assert said_of(root, "main").endswith("too")
    assert said_of(root, "main", changed=True).endswith("$(git merge-base main HEAD)")
