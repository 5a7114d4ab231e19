"""Submodules and large files of revisions, from the clone alone."""

import hashlib
from pathlib import Path

import pytest

from headtohead.errors import RevisionError
from tests.revisions.repositories import commit, files, git, new_repository, revisions

pytestmark = pytest.mark.revisions


@pytest.fixture
def root(tmp_path) -> Path:
    """A repository with a submodule within a submodule, whose remotes are gone."""
    inner = new_repository(tmp_path / "remotes" / "inner")
    library = new_repository(tmp_path / "remotes" / "library")
    git("submodule", "--quiet", "add", "--name", "within", str(inner), "deep/inner", root=library)
    commit(library, "with an inner one")
    root = new_repository(tmp_path / "repository")
    git("submodule", "--quiet", "add", "--name", "a name", str(library), "lib", root=root)
    git("submodule", "--quiet", "update", "--init", "--recursive", root=root)
    commit(root, "first")
    git("tag", "first", root=root)
    (root / "lib" / "version.py").write_text("2")
    commit(root / "lib", "second")
    commit(root, "second")
    (tmp_path / "remotes").rename(tmp_path / "gone")
    git("config", "submodule.recurse", "true", root=root)
    return root


def state(root: Path) -> tuple[str, str]:
    """What a submodule's repository says of itself and of its index."""
    return git("rev-parse", "HEAD", root=root), git("status", "--porcelain=v2", root=root)


def test_submodules_have_the_files_of_their_own_commit(root):
    (root / "lib" / "shop.py").write_text("changed")
    (root / "lib" / "deep" / "inner" / "new.py").write_text("new")
    states = [state(root / each) for each in ("lib", "lib/deep/inner")]
    before = files(root, times=True)
    with revisions(root, "first") as (base, head):
        assert (base.root / "lib" / "shop.py").read_text() == "ANSWER = 'with an inner one'\n"
        assert not (base.root / "lib" / "version.py").exists()
        assert (base.root / "lib/deep/inner/shop.py").read_text() == "ANSWER = 'new'\n"
        assert files(head.root) == files(root)
        assert head.changed
        assert git("status", "--porcelain", root=base.root) == ""
    assert [state(root / each) for each in ("lib", "lib/deep/inner")] == states
    with revisions(root, "first", "HEAD") as (_, head):
        assert (head.root / "lib" / "version.py").read_text() == "2"
        assert (head.root / "lib" / "shop.py").read_text() == "ANSWER = 'second'\n"
    assert files(root, times=True) == before


def test_a_submodule_that_the_clone_keeps_but_has_not_checked_out_is_had(root):
    git("submodule", "--quiet", "deinit", "--all", "--force", root=root)
    with revisions(root, "first", "HEAD", said=(said := [])) as (base, head):
        assert (base.root / "lib/deep/inner/shop.py").exists()
        assert (head.root / "lib" / "version.py").exists()
    assert said == []
    # The working tree has none of it, and is taken as it is.
    with revisions(root, "first") as (_, head):
        assert [*(head.root / "lib").glob("*")] == []


def test_a_submodule_that_the_clone_does_not_have_is_said(root, tmp_path):
    git("clone", "--quiet", str(root), "clone", root=tmp_path)
    with revisions(tmp_path / "clone", "HEAD~1", said=(said := [])) as (base, head):
        assert [*(base.root / "lib").iterdir()] == []
        assert not head.changed
    (sentence,) = said
    assert sentence == (
        "submodule lib of HEAD~1 is not in this clone, so its folder stays empty; if the project "
        "needs it: git submodule update --init --recursive"
    )


def test_a_commit_of_a_submodule_that_the_clone_does_not_have_is_refused(root):
    missing = "1" * 40
    git("update-index", "--cacheinfo", f"160000,{missing},lib", root=root)
    git("commit", "--quiet", "--message", "elsewhere", root=root)
    with (
        pytest.raises(
            RevisionError,
            match="lacks commit 1111111111 of submodule lib, which HEAD needs; fetch it: git -C "
            f"lib fetch origin {missing}",
        ),
        revisions(root, "HEAD"),
    ):
        pass
    assert git("worktree", "list", root=root).count("\n") == 0


def test_a_project_that_is_itself_a_submodule_is_one_like_any_other(root):
    with revisions(root / "lib", "HEAD~1", "HEAD") as (base, head):
        assert not (base.root / "version.py").exists()
        assert (head.root / "version.py").read_text() == "2"
    with revisions(root / "lib", None) as (base, head):
        assert base.label.startswith("origin/main (")
        assert files(head.root) == files(root / "lib")
    assert git("worktree", "list", root=root / "lib").count("\n") == 0


def pointer(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"


def test_large_files_come_from_the_clone_or_it_is_said(tmp_path):
    root = new_repository(tmp_path / "repository")
    (root / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    (root / "not.txt").write_text(pointer(b"no large file"))
    for name, content in (("here.bin", b"here"), ("there.bin", b"there"), ("small.bin", b"x")):
        (root / name).write_text(pointer(content) if len(content) > 1 else "as it is")
    commit(root, "pointers")
    digest = hashlib.sha256(b"here").hexdigest()
    kept = root / ".git" / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"here")
    # As git-lfs sets it up where it is not installed, and would ask a server.
    for key, value in {"process": "git-lfs-is-not-here", "required": "true"}.items():
        git("config", f"filter.lfs.{key}", value, root=root)
    with revisions(root, "HEAD", "HEAD", said=(said := [])) as both:
        for each in both:
            assert (each.root / "here.bin").read_bytes() == b"here"
            assert (each.root / "there.bin").read_text() == pointer(b"there")
            assert (each.root / "small.bin").read_text() == "as it is"
            assert (each.root / "not.txt").read_text() == pointer(b"no large file")
    sentence, again = said
    assert sentence == again
    assert sentence == (
        "there.bin of HEAD: pointers to large files, which this clone does not have; if the "
        "project reads them: git lfs fetch --all"
    )
