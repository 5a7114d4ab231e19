"""What is asked of git, in its own words where it refuses."""

import subprocess
from datetime import datetime
from pathlib import Path

from headtohead.errors import RevisionError


def commit_of(revision: str, *, root: Path) -> str:
    """The full hash of the commit that a branch, tag or hash names.

    Raises:
        RevisionError: The repository has no such commit, or there is no repository.
    """
    try:
        return _git(
            # A name that begins with a hyphen is a name, not an option.
            *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"),
            root=root,
        )
    except RevisionError as error:
        repository(root)
        raise RevisionError(
            f"the repository has no commit {revision!r}",
            fix="name a branch, a tag or a commit; where the clone is shallow, fetch it first "
            "(git fetch --unshallow, or fetch-depth: 0 in a workflow)",
        ) from error


def repository(root: Path) -> Path:
    """The top folder of the repository that holds a project.

    Raises:
        RevisionError: None does.
    """
    return Path(_git("rev-parse", "--show-toplevel", root=root))


def changed(root: Path) -> bool:
    """Whether the working tree differs from its commit; files that git ignores do not count."""
    return bool(_git("status", "--porcelain", root=root))


def committed_at(commit: str, *, root: Path) -> datetime:
    """When a commit was made.

    Raises:
        RevisionError: The repository does not have it.
    """
    moment = _git("show", "--no-patch", "--format=%cI", "--end-of-options", commit, root=root)
    return datetime.fromisoformat(moment)


def add_worktree(folder: Path, *, commit: str, root: Path) -> None:
    """Check a commit out into a new folder.

    Raises:
        RevisionError: git cannot.
    """
    _git("worktree", "add", "--quiet", "--detach", str(folder), commit, root=root)


def remove_worktree(folder: Path, *, root: Path) -> None:
    """Remove a folder that a commit was checked out into, with all that is in it.

    Raises:
        RevisionError: git cannot.
    """
    _git("worktree", "remove", "--force", str(folder), root=root)


def _git(*arguments: str, root: Path) -> str:
    try:
        finished = subprocess.run(
            ["git", *arguments],  # noqa: S607 (whichever git the user has)
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError(
            "git is not installed", fix="install it (apt-get install git)"
        ) from None
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines()
        said = lines[0].removeprefix("fatal: ") if lines else "it says nothing"
        raise RevisionError(
            f"git {arguments[0]} fails ({said})",
            fix="run h2h in the git repository of the project, and fix what git reports",
        )
    return finished.stdout.strip()
