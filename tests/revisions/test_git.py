"""Whatever a user's git is configured to do, revisions are had, or one line says why not."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from headtohead.errors import HeadToHeadError, RevisionError
from headtohead.revisions.git import changed, commit_of, committed_at
from headtohead.revisions.git_command import without_repository
from tests.revisions.repositories import (
    AUTHOR,
    STACK,
    commit,
    files,
    git,
    new_repository,
    revisions,
)

pytestmark = pytest.mark.revisions


@pytest.fixture
def root(tmp_path) -> Path:
    return new_repository(tmp_path / "repository")


def shows_both(root: Path, base: str = "v1", head: str | None = None, **more: object) -> None:
    """Both revisions are had, and nothing of them is left."""
    before = git("worktree", "list", root=root)
    with revisions(root, base, head, **more) as both:
        assert [(each.root / "shop.py").read_text() for each in both] == [
            "ANSWER = 'old'\n",
            "ANSWER = 'new'\n",
        ]
    assert git("worktree", "list", root=root) == before
    assert not [*(root / STACK / "revisions").iterdir()]


def script(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]))
    path.chmod(0o755)


HOOKS = ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman")


@pytest.mark.parametrize("setting", ["hooks", "core.hooksPath"])
def test_hooks_do_not_run(root, tmp_path, setting):
    folder = root / ".git" / "hooks" if setting == "hooks" else tmp_path / "hooks"
    if setting != "hooks":
        git("config", setting, str(folder), root=root)
    git("config", "core.fsmonitor", str(folder / "fsmonitor-watchman"), root=root)
    for name in HOOKS:
        script(folder / name, f"touch {tmp_path}/ran", "sleep 1", "exit 1")
    with revisions(root, "v1") as (base, _):
        assert (base.root / "shop.py").exists()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log.showSignature", "true"),
        ("color.ui", "always"),
        ("core.pager", "false"),
        ("pager.status", "true"),
        ("status.short", "true"),
        ("status.branch", "true"),
        ("status.showUntrackedFiles", "no"),
        ("submodule.recurse", "true"),
        ("core.fsmonitor", "/nowhere/monitor"),
        ("core.quotePath", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("i18n.logOutputEncoding", "utf-16"),
        ("core.autocrlf", "false"),
        ("worktree.guessRemote", "true"),
        ("alias.status", "!false"),
    ],
)
def test_a_users_settings_change_nothing(root, setting, value):
    git("config", setting, value, root=root)
    shows_both(root)
    assert committed_at("HEAD", root=root).timestamp() > 0
    (root / "neu.txt").write_text("untracked")
    assert changed(root)


@pytest.mark.parametrize(
    "variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"]
)
def test_a_hook_that_calls_h2h_does_not_lead_it_elsewhere(root, tmp_path, monkeypatch, variable):
    elsewhere = new_repository(tmp_path / "elsewhere")
    git("tag", "--force", "v1", commit(elsewhere, "elsewhere"), root=elsewhere)
    before = files(elsewhere, times=True)
    monkeypatch.setenv(variable, str(elsewhere / (".git" if variable == "GIT_DIR" else "x")))
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    with revisions(root, "v1") as (base, head):
        assert (base.root / "shop.py").read_text() == "ANSWER = 'old'\n"
        assert (head.root / "shop.py").read_text() == "ANSWER = 'new'\n"
        assert not head.changed
    monkeypatch.delenv(variable)
    assert files(elsewhere, times=True) == before


def test_every_variable_that_leads_git_to_a_repository_is_known(root):
    names = git("rev-parse", "--local-env-vars", root=root).split()
    kept = without_repository(dict.fromkeys([*names, "GIT_TRACE_PERFORMANCE", "HOME"], "x"))
    assert kept.keys() == {"GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "HOME"}


def test_settings_that_a_user_gives_as_variables_hold(root, monkeypatch):
    """Containers are told so which folders to trust."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(RevisionError, match="another user owns it; git config --global --add"):
        commit_of("HEAD", root=root)
    for name, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert len(commit_of("HEAD", root=root)) == 40


def test_a_lock_of_another_git_is_not_waited_for(root):
    (root / ".git" / "index.lock").touch()
    shows_both(root)


def test_names_of_all_kinds_are_names(root):
    old, new = (git("rev-parse", each, root=root) for each in ("v1", "main"))
    git("tag", "--annotate", "--message", "a tag", "annotated", "v1", root=root)
    git("update-ref", "refs/heads/-dash", "v1", root=root)
    git("branch", "sch\u00f6n/neu", "v1", root=root)
    names = ("annotated", "-dash", "sch\u00f6n/neu", "HEAD~1", ":/old", "HEAD^{/ol}", old[:8])
    for name in (*names, "main@{0}^", "refs/tags/v1", "v1^0"):
        assert commit_of(name, root=root) == old, name
    assert commit_of("@", root=root) == new
    with revisions(root, ":/old", "-dash") as (base, head):
        assert (base.label, head.label) == (f":/old ({old[:10]})", f"-dash ({old[:10]})")


def test_bytes_that_are_no_text_do_not_stop_it_and_can_be_printed(root):
    odd = os.fsdecode(b"\xff\xfe")
    git("update-ref", f"refs/heads/{odd}", "v1", root=root)
    git(
        *("-c", "i18n.commitEncoding=latin1", "commit", "--quiet", "--allow-empty", "--file", "-"),
        root=root,
        given=b"\xe4\xf6\xfc",
    )
    with revisions(root, odd, said=(said := [])) as (base, _):
        assert base.label.encode() == rf"\udcff\udcfe ({base.commit[:10]})".encode()
    git("switch", "--quiet", "--detach", "v1", root=root)
    with revisions(root, "main", said=said), pytest.raises(RevisionError) as refused:
        commit_of(odd + "x", root=root)
    assert "\\udcff\\udcfex" in str(refused.value)
    "".join([*said, str(refused.value)]).encode()


@pytest.mark.parametrize(
    "name", ["", "nowhere", "HEAD:shop.py", "v1..main", "--all", "a b", "HEAD~9"]
)
def test_what_is_no_commit_is_refused_by_its_name(root, name):
    with pytest.raises(RevisionError) as refused:
        commit_of(name, root=root)
    assert refused.value.problem == f"the repository has no commit {name!r}"
    assert "\n" not in str(refused.value)


def test_a_branch_that_only_the_remote_has_is_suggested(root, tmp_path):
    git("branch", "feature", "v1", root=root)
    git("clone", "--quiet", str(root), "clone", root=tmp_path)
    with pytest.raises(RevisionError, match="no commit 'feature'; did you mean origin/feature?"):
        commit_of("feature", root=tmp_path / "clone")


def bare(root: Path) -> Path:
    git("clone", "--quiet", "--bare", str(root), str(root.parent / "bare"), root=root)
    return root.parent / "bare"


def none(root: Path) -> Path:
    (root.parent / "none").mkdir()
    return root.parent / "none"


def empty(root: Path) -> Path:
    git("init", "--quiet", "empty", root=root.parent)
    return root.parent / "empty"


def unborn(root: Path) -> Path:
    git("switch", "--quiet", "--orphan", "fresh", root=root)
    return root


def shallow(root: Path) -> Path:
    git("clone", "--quiet", "--depth=1", f"file://{root}", "shallow", root=root.parent)
    return root.parent / "shallow"


def not_trusted(root: Path) -> Path:
    os.environ["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    return root


def broken_settings(root: Path) -> Path:
    (root / ".git" / "config").write_text("[core\n")
    return root


def stray_file(root: Path) -> Path:
    (root / STACK).mkdir()
    (root / STACK / ".gitignore").write_text("*\n")
    (root / STACK / "revisions").touch()
    return root


@pytest.mark.parametrize(
    ("kind", "problem", "fix"),
    [
        (bare, "is in a bare repository", "clone it"),
        (none, "is in no git repository", "run h2h in a clone"),
        (empty, "no commit 'HEAD'", "commit something first"),
        (unborn, "no commit 'HEAD'", "commit something on this branch first"),
        (shallow, "no commit 'HEAD~1'", "git fetch --unshallow"),
        (not_trusted, "git does not trust the repository", "--add safe.directory"),
        (broken_settings, "bad config line 1", "fix what git reports"),
        (stray_file, "is not the folder that h2h makes", "move it"),
    ],
)
def test_a_repository_that_cannot_be_used_is_told_in_one_line(
    root, monkeypatch, kind: Callable[[Path], Path], problem, fix
):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "0")
    place = kind(root)
    for base in ("HEAD~1", None):
        if kind is shallow and base is None:
            problem, fix = "HEAD has no commit before it", "git fetch --unshallow"
        with pytest.raises(HeadToHeadError) as refused, revisions(place, base):
            pass
        assert problem in refused.value.problem
        assert fix in refused.value.fix
        assert "\n" not in str(refused.value)
        assert refused.value.exit_code == 2


def test_git_that_is_not_there_is_told(root, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionError, match="git is not installed"):
        commit_of("HEAD", root=root)


def test_filters_run_and_one_that_fails_is_named(root):
    (root / ".gitattributes").write_text("*.txt filter=case\n")
    (root / "a.txt").write_text("lower")
    commit(root, "filtered")
    git("config", "filter.case.smudge", "tr a-z A-Z", root=root)
    with revisions(root, "main") as (base, head):
        assert (base.root / "a.txt").read_text() == "LOWER"
        assert (head.root / "a.txt").read_text() == "lower"
    git("config", "filter.case.smudge", "false", root=root)
    git("config", "filter.case.required", "true", root=root)
    with (
        pytest.raises(RevisionError, match="git worktree fails .*filter 'false' failed"),
        revisions(root, "main", "main"),
    ):
        pass
    assert git("worktree", "list", root=root).count("\n") == 0
    assert not [*(root / STACK / "revisions").iterdir()]


def test_a_worktree_of_the_users_own_is_a_project_like_any_other(root, tmp_path):
    linked = tmp_path / "linked"
    git("worktree", "add", "--quiet", str(linked), "main", "--detach", root=root)
    shows_both(linked)
    git("worktree", "lock", str(linked), root=root)
    shows_both(linked)


def test_a_worktree_of_a_bare_repository_is_one_too(root, tmp_path):
    git("worktree", "add", "--quiet", str(tmp_path / "linked"), "main", root=bare(root))
    shows_both(tmp_path / "linked")


def test_what_is_not_checked_out_sparsely_is_in_neither(root):
    for name in ("kept/a.py", "left/b.py"):
        (root / name).parent.mkdir()
        (root / name).write_text(name)
    commit(root, "folders")
    git("sparse-checkout", "set", "kept", root=root)
    assert not (root / "left").exists()
    with revisions(root, "main") as (base, head):
        assert files(base.root) == files(head.root) == files(root)
        assert not head.changed


def test_strangers_among_the_revisions_are_left_alone(root, tmp_path):
    with revisions(root, "v1"):
        pass
    folder = root / STACK / "revisions"
    strange = [folder / name for name in ("notes.txt", "base-x", "base-0123456789-a-b", "a-1-2.0")]
    for path in strange[1:]:
        path.mkdir()
        (path / "mine").touch()
    strange[0].touch()
    git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"), root=root)
    (folder / f"base-{'0' * 10}-1-1.0").symlink_to(tmp_path / "linked")
    shows = [*folder.iterdir()]
    with revisions(root, "v1", "main") as both:
        assert all(each.root.exists() for each in both)
    assert sorted(folder.iterdir()) == sorted(shows)
    assert (tmp_path / "linked" / "shop.py").exists()


def test_a_worktree_that_git_does_not_know_is_removed_all_the_same(root):
    with revisions(root, "v1") as (base, _):
        (base.root / ".git").unlink()
        (base.root / "left.txt").touch()
    assert not [*(root / STACK / "revisions").iterdir()]
    assert git("worktree", "list", root=root).count("\n") == 0


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("@1700000000 +0530", "2023-11-15T03:43:20+05:30"),
        ("@1700000000 -0330", "2023-11-14T18:43:20-03:30"),
    ],
)
def test_when_a_commit_was_made_is_read_from_the_commit(root, written, moment):
    commit(root, "at that moment\n\ncommitter x <x> 1 +0000", GIT_COMMITTER_DATE=written)
    git("tag", "--annotate", "--message", "later", "tagged", root=root)
    for name in ("HEAD", "tagged"):
        assert committed_at(name, root=root) == datetime.fromisoformat(moment)
        assert committed_at(name, root=root).isoformat() == moment


def test_an_offset_that_no_clock_has_is_passed_over(root):
    tree = git("rev-parse", "HEAD^{tree}", root=root)
    header = f"tree {tree}\nauthor a <a> 1 +0000\ncommitter a <a> 1700000000 +5118\n\nodd\n"
    odd = git(
        *("hash-object", "-t", "commit", "-w", "--stdin", "--literally"),
        root=root,
        given=header.encode(),
    )
    assert committed_at(odd, root=root).isoformat() == "2023-11-14T22:13:20+00:00"


def test_the_command_says_it_in_one_line(root):
    (root / "pyproject.toml").write_text("[tool.headtohead]\n")
    finished = subprocess.run(
        [sys.executable, "-m", "headtohead", "compare", b"\xffmain", "--path", "/"],
        cwd=root,
        env=os.environ | AUTHOR | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 2
    (line,) = finished.stderr.decode().splitlines()
    assert line.startswith(r"h2h: the repository has no commit '\udcffmain'; name a branch")
