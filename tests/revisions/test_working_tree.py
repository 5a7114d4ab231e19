"""The working tree as a side of a comparison: all of it, and nothing of it touched."""

import os
import shutil
from pathlib import Path

import pytest

from headtohead.errors import ConfigurationError
from headtohead.revisions.working_tree import ignored_candidates
from tests.revisions.repositories import STACK, commit, files, git, new_repository, revisions

pytestmark = pytest.mark.revisions


@pytest.fixture
def root(tmp_path) -> Path:
    return new_repository(tmp_path / "repository")


def dirty(root: Path) -> None:
    """All that a working tree can be, beyond its commit."""
    for name in ("deleted.py", "edited.py", "staged.py", "run.sh", "sub/kept.py", "turned/in.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("shop.py")
    commit(root, "more")
    (root / "deleted.py").unlink()
    (root / "edited.py").write_text("edited")
    (root / "staged.py").write_text("staged")
    git("add", "staged.py", root=root)
    (root / "staged.py").write_text("and changed again")
    (root / "new folder").mkdir()
    (root / "new folder" / "neu\n\u00fc.txt").write_text("odd")
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe.py")).write_text("not utf-8")
    (root / "tool").write_text("#!/bin/sh\n")
    (root / "tool").chmod(0o711)
    (root / ".#shop.py").symlink_to("user@host.1234:5678")
    (root / "read-only.txt").write_text("r")
    (root / "read-only.txt").chmod(0o444)
    # A tracked folder became a link out of the repository.
    shutil.move(root / "turned", root.parent / "outside")
    (root / "turned").symlink_to(root.parent / "outside", target_is_directory=True)
    os.mkfifo(root / "pipe")
    (root / "debug.log").write_text("ignored")
    (root / "results" / "1").mkdir(parents=True)
    (root / "results" / "1" / "run.json").write_text("{}")


def expected(root: Path) -> dict[bytes, tuple[object, ...]]:
    left_out = ("debug.log", "results/", "pipe")
    return {name: each for name, each in files(root).items() if not name.startswith(left_out)}


def test_the_snapshot_is_the_tree_as_it_is_and_the_users_folder_stays_as_it_was(root):
    (root / "shop.py").write_text("stashed")
    git("stash", root=root)
    dirty(root)
    # What would have git write its index again.
    os.utime(root / "sub" / "kept.py", (1, 1))
    before = files(root, times=True)
    asked = (("worktree", "list"), ("stash", "list"), ("diff", "--cached"), ("branch", "--all"))
    told = [git(*each, root=root) for each in asked]
    index = (root / ".git" / "index").read_bytes()
    with revisions(root, "v1") as (base, head):
        assert files(head.root) == expected(root)
        assert (head.root / "pipe").exists() is False
        assert base.root != head.root
        assert len(str(base.root)) == len(str(head.root))
        assert head.changed
        # What is written in place stays there.
        for path in head.root.glob("*.py"):
            if not path.is_symlink():
                path.write_text("overwritten")
        (head.root / "left.sqlite3").write_text("by the project")
    assert files(root, times=True) == before
    assert (root.parent / "outside" / "in.py").read_text() == "turned/in.py"
    assert (root / ".git" / "index").read_bytes() == index
    assert [git(*each, root=root) for each in asked] == told
    assert not [*(root / STACK / "revisions").iterdir()]


def test_a_link_that_leads_back_into_the_users_folder_is_said(root):
    (root / "media").symlink_to(root / "files", target_is_directory=True)
    (root / "beside").symlink_to("files", target_is_directory=True)
    (root / "etc").symlink_to("/etc", target_is_directory=True)
    with revisions(root, "v1", said=(said := [])):
        pass
    (sentence,) = said
    assert sentence.startswith("media: a link into your own folder by its full path")


def test_git_in_the_snapshot_sees_its_commit_and_its_changes(root):
    (root / "shop.py").write_text("ANSWER = 'changed'\n")
    with revisions(root, "v1") as (_, head):
        assert git("rev-parse", "HEAD", root=head.root) == head.commit
        assert git("status", "--porcelain", root=head.root) == "M shop.py"


def test_a_conflict_is_copied_as_it_stands(root):
    git("switch", "--quiet", "--create", "other", "v1", root=root)
    commit(root, "theirs")
    with pytest.raises(Exception, match="merge"):
        git("merge", "main", root=root)
    with revisions(root, "v1") as (_, head):
        assert "<<<<<<<" in (head.root / "shop.py").read_text()


def test_own_results_and_own_folder_are_no_change(root):
    (root / "results").mkdir()
    (root / "results" / "run.json").write_text("{}")
    (root / "history.jsonl").write_text("{}")
    with revisions(root, "v1") as (_, head):
        assert not head.changed
        assert head.label.startswith("HEAD (")
        assert {*files(head.root)} == {".gitignore", "shop.py"}
    # What is tracked there is part of the project all the same.
    git("add", "results", root=root)
    with revisions(root, "v1") as (_, head):
        assert (head.root / "results" / "run.json").read_text() == "{}"


@pytest.mark.parametrize("results", [".", "..", "../..", "../../elsewhere"])
def test_a_results_folder_that_holds_the_project_hides_no_change(root, results):
    project = root / "shops" / "one"
    project.mkdir(parents=True)
    commit(project, "below")
    (project / "new.py").write_text("new")
    with revisions(project, "HEAD", results=Path(results)) as (_, head):
        assert head.changed
        assert (head.root / "new.py").read_text() == "new"


def test_repositories_within_are_copied_and_other_worktrees_are_not(root):
    inner = new_repository(root / "vendored" / "library")
    (inner / "new.py").write_text("new")
    (inner / "debug.log").write_text("ignored")
    git("worktree", "add", "--quiet", "other", "v1", root=root)
    with revisions(root, "v1") as (_, head):
        assert {each for each in files(head.root) if each.startswith(("vendored", "other"))} == {
            "vendored/library/" + each for each in (".gitignore", "shop.py", "new.py")
        }


def test_what_is_to_be_copied_stands_in_both(root):
    (root / ".gitignore").write_text(".env\n*.log\nstatic/dist/\nlocal/\n")
    commit(root, "ignores")
    (root / ".env").symlink_to("../secret")
    (root.parent / "secret").write_text("KEY=1")
    for name in ("static/dist/js/app.js", "local/b.toml", "a.log", "b.log"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    before = files(root, times=True)
    patterns = [".env", "static/dist/", "./a*.log", "local"]
    with revisions(root, "HEAD", copy=patterns) as both:
        for each in both:
            assert {*files(each.root)} - {".gitignore", "shop.py"} == {
                *(".env", "static/dist/js/app.js", "a.log", "local/b.toml")
            }
            assert not (each.root / ".env").is_symlink()
            assert (each.root / ".env").read_text() == "KEY=1"
            (each.root / ".env").write_text("overwritten")
    assert files(root, times=True) == before
    assert (root.parent / "secret").read_text() == "KEY=1"


def test_what_a_revision_has_of_its_own_is_not_replaced_by_a_copy(root):
    (root / "local.py").write_text("base's")
    commit(root, "with a local file")
    git("rm", "--quiet", "--cached", "local.py", root=root)
    git("commit", "--quiet", "--message", "without", root=root)
    (root / "local.py").write_text("the user's")
    with revisions(root, "HEAD~1", "HEAD", copy=["local.py"]) as (base, head):
        assert (base.root / "local.py").read_text() == "base's"
        assert (head.root / "local.py").read_text() == "the user's"


def test_nothing_is_copied_through_a_link_of_a_revision(root):
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "static").symlink_to(outside, target_is_directory=True)
    commit(root, "a link")
    (root / "static").unlink()
    (root / "static").mkdir()
    (root / "static" / "a.log").write_text("a")
    with (
        pytest.raises(Exception, match=r"static/a\.log of the working tree cannot be copied"),
        revisions(root, "HEAD", copy=["static/a.log"]),
    ):
        pass
    assert [*outside.iterdir()] == []


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("../secret", "'../secret', which is not within the repository; name files below"),
        ("/etc/passwd", "which is not within the repository"),
        (".env", r"'\.env', which is not there; make it, or take it out"),
        ("*.toml", "which is not there"),
        ("shop.py", "of which every revision has its own: git tracks it; take it out"),
        (".git/config", "which is not there"),
        (".h2h", "which is not there"),
    ],
)
def test_what_cannot_be_copied_is_refused_before_anything_is_checked_out(root, pattern, message):
    (root.parent / "secret").write_text("s")
    with pytest.raises(ConfigurationError, match=message), revisions(root, "v1", copy=[pattern]):
        pass
    assert not (root / STACK).exists()


def test_files_that_a_project_probably_needs_are_found_by_name(root):
    ignored = ("*.env", ".env*", "local*", "*.local.toml", "secrets.json", "dist/", "node_modules/")
    (root / ".gitignore").write_text("\n".join(ignored))
    needed = (".env", ".env.test", "site/local_settings.py", "site/settings/local.py")
    needed += ("a.local.toml", "secrets.json")
    for name in (*needed, ".env.example", "local.txt", "node_modules/x/.env", "dist/a.whl"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    (root / "static" / "dist").mkdir(parents=True)
    (root / "static" / "dist" / "app.js").write_text("")
    (root / "untracked.env").write_text("")
    git("add", "--force", "untracked.env", root=root)
    assert ignored_candidates(root) == tuple(sorted(map(Path, (*needed, "static/dist"))))
    assert ignored_candidates(root / "site") == (
        Path("local_settings.py"),
        Path("settings/local.py"),
    )
