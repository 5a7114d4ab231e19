"""What is asked of git about a project's repository."""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from headtohead.errors import RevisionError
from headtohead.revisions.git_command import WITHOUT_LFS, line, output

# The mode of an entry that is a submodule.
GITLINK = "160000"


def commit_of(revision: str, *, root: Path) -> str:
    """The full hash of the commit that a branch, tag, hash or other name of git's means.

    Raises:
        RevisionError: The repository has no such commit, or there is no repository.
    """
    try:
        # A name that begins with a hyphen is a name, not an option; what stands behind `:/` is all
        # of it a text to look for, so the commit is asked for in a second step.
        found = line("rev-parse", "--verify", "--end-of-options", revision, root=root)
        return line("rev-parse", "--verify", f"{found}^{{commit}}", root=root)
    except RevisionError as error:
        repository(root)
        if "is ambiguous" in error.problem:
            raise RevisionError(
                f"{revision!r} may be several commits", fix="give more of its hash"
            ) from error
        raise RevisionError(
            f"the repository has no commit {revision!r}", fix=_way_to(revision, root=root)
        ) from error


def _way_to(revision: str, *, root: Path) -> str:
    """What to do about a commit that is not there."""
    if not has_commits(root):
        return "the repository has no commit at all yet: commit something first"
    if revision == "HEAD":
        return "commit something on this branch first, or name both revisions"
    if exists(f"refs/remotes/origin/{revision}", root=root):
        return f"did you mean origin/{revision}?"
    if is_shallow(root):
        return "the clone is shallow: `git fetch --unshallow` (fetch-depth: 0 in a workflow)"
    return "name a branch, a tag or a commit that `git log` knows here"


def exists(name: str, *, root: Path) -> bool:
    """Whether a full name such as ``refs/heads/main`` is one of a commit."""
    try:
        output("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", root=root)
    except RevisionError:
        return False
    return True


def text_at(commit: str, name: str, *, root: Path) -> str | None:
    """The text of a file of the project's folder at a commit; None where it has none.

    Args:
        commit: The hash of one that is there.
        name: The file's path from the project's folder.
        root: The project's folder.
    """
    try:
        found = output("show", f"{commit}:./{name}", root=root)
    except RevisionError:
        return None
    return found.decode(errors="replace")


def has_commits(root: Path) -> bool:
    """Whether anything but a shallow or unborn branch can be named at all."""
    return bool(output("rev-list", "--all", "--max-count=1", root=root))


def is_shallow(root: Path) -> bool:
    """Whether the clone has only the latest commits."""
    return line("rev-parse", "--is-shallow-repository", root=root) == "true"


def merge_base(one: str, other: str, *, root: Path) -> str | None:
    """The newest commit that both are built on; None where the repository has none."""
    try:
        return line("merge-base", one, other, root=root)
    except RevisionError:
        return None


def count(*commits: str, root: Path) -> int:
    """How many commits `git rev-list` finds, such as those of ``main`` and not of ``^HEAD``."""
    return int(line("rev-list", "--count", *commits, "--", root=root))


def repository(root: Path) -> Path:
    """The top folder of the repository that holds a project.

    Raises:
        RevisionError: None does, or it has no working tree.
    """
    return Path(line("rev-parse", "--show-toplevel", root=root))


def folders_up(root: Path) -> tuple[Path, ...]:
    """A folder and those above it, up to the top of its repository; it alone outside of one."""
    folders = (root, *root.parents)
    for number, folder in enumerate(folders, start=1):
        if (folder / ".git").exists():
            return folders[:number]
    return (root,)


def holds(folder: Path, *, root: Path) -> bool:
    """Whether the repository has files in a folder, which it has not in one that git ignores."""
    return bool(line("ls-files", "--", str(folder), root=root))


def common_folder(root: Path) -> Path:
    """The repository's own folder, which all of its worktrees share."""
    return Path(root, line("rev-parse", "--git-common-dir", root=root)).resolve()


def own_folder(root: Path) -> Path:
    """The folder that a worktree has in the repository's own; that one itself for the first."""
    return Path(line("rev-parse", "--absolute-git-dir", root=root))


def changed(root: Path, *, own: Sequence[Path] = ()) -> bool:
    """Whether the working tree differs from its commit; files that git ignores do not count.

    Args:
        root: The project's folder.
        own: Files and folders of h2h's own, which do not count either.
    """
    without = [f":(top,exclude,literal){path}" for path in below(own, root=root)]
    return bool(
        output(
            *("status", "--porcelain", "-z", "--untracked-files=all", "--ignore-submodules=none"),
            *("--", ":(top)", *without),
            root=root,
        )
    )


def below(paths: Sequence[Path], *, root: Path) -> list[Path]:
    """Those within a project's repository, from its top folder; none that holds the project."""
    top = repository(root)
    project = root.resolve()
    found = [Path(os.path.normpath(project / path)) for path in paths]
    return [
        each.relative_to(top)
        for each in found
        if each.is_relative_to(top) and not project.is_relative_to(each)
    ]


def committed_at(commit: str, *, root: Path) -> datetime:
    """When a commit was made.

    Raises:
        RevisionError: The repository does not have it.
    """
    # The object itself: `git show` also prints what the user's configuration asks for.
    written = output("cat-file", "commit", commit_of(commit, root=root), root=root)
    headers = written.partition(b"\n\n")[0].split(b"\n")
    committer = next(each for each in headers if each.startswith(b"committer "))
    seconds, offset = committer.split()[-2:]
    zone: timezone = UTC
    # Broken tools have written offsets of several days.
    with suppress(ValueError):
        minutes = int(offset[-4:-2]) * 60 + int(offset[-2:])
        zone = timezone(timedelta(minutes=-minutes if offset.startswith(b"-") else minutes))
    return datetime.fromtimestamp(int(seconds), zone)


def add_worktree(folder: Path, *, commit: str, root: Path, empty: bool = False) -> None:
    """Check a commit out into a new folder; files that LFS keeps are left as pointers.

    Args:
        folder: The folder.
        commit: The commit.
        root: The project's folder.
        empty: Whether to write no file, and only let git know what the commit holds.

    Raises:
        RevisionError: git cannot.
    """
    output(
        *("worktree", "add", "--quiet", "--detach", *(["--no-checkout"] if empty else [])),
        *(str(folder), commit),
        root=root,
        settings=WITHOUT_LFS,
    )
    if empty:
        output("read-tree", commit, root=folder)


def remove_worktree(folder: Path, *, root: Path) -> None:
    """Remove a folder that a commit was checked out into, with all that is in it.

    Raises:
        RevisionError: git cannot.
    """
    output("worktree", "remove", "--force", str(folder), root=root)
