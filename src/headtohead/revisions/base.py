"""Which commit to compare with, and what else such a comparison would show."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from headtohead.errors import RevisionError
from headtohead.revisions import git
from headtohead.revisions.git_command import line, printable

_REMOTE = "refs/remotes/origin"
_USUAL = ("main", "master", "trunk", "develop")


def default_base(root: Path, *, own: Sequence[Path] = ()) -> tuple[str, str]:
    """The commit that HEAD's own work began from.

    That is where it left the default branch. On that branch itself it is HEAD, if there are
    changes that are not committed, or else the commit before it.

    Args:
        root: The project's folder.
        own: Files and folders of h2h's own, which are no changes.

    Returns:
        The commit's hash, and what it is, in words.

    Raises:
        RevisionError: There is no repository, no default branch, or no such commit.
    """
    head = git.commit_of("HEAD", root=root)
    name = _default_branch(root)
    if name is None:
        raise RevisionError(
            "there is no default branch to compare with",
            fix="name a revision, as in `h2h compare HEAD~1`, or tell git which branch it is: "
            "git remote set-head origin --auto",
        )
    short = name.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    common = git.merge_base(name, head, root=root)
    if common is None:
        shallow = git.is_shallow(root)
        raise RevisionError(
            f"{short} and HEAD have no commit in common"
            + (" in this clone, which is shallow" if shallow else ""),
            fix="git fetch --unshallow (fetch-depth: 0 in a workflow)"
            if shallow
            else "name a revision to compare with",
        )
    if common != head:
        tip = git.commit_of(name, root=root)
        return common, short if common == tip else f"merge base with {short}"
    if git.changed(root, own=own):
        return head, "HEAD"
    try:
        return git.commit_of("HEAD~1", root=root), "HEAD~1"
    except RevisionError as error:
        raise RevisionError(
            "HEAD has no commit before it to compare with",
            fix="git fetch --unshallow (fetch-depth: 0 in a workflow)"
            if git.is_shallow(root)
            else "commit a change, or change a file",
        ) from error


def _default_branch(root: Path) -> str | None:
    """The full name of the default branch; None where nothing tells."""
    try:
        told = line("symbolic-ref", "--quiet", f"{_REMOTE}/HEAD", root=root)
    except RevisionError:
        told = ""
    candidates = [told] if told else []
    candidates += [f"{place}/{each}" for each in _USUAL for place in ("refs/heads", _REMOTE)]
    return next((each for each in candidates if git.exists(each, root=root)), None)


def remark_on_base(base: str, head: str | None, *, changed: bool, root: Path) -> str | None:
    """What to say of a base that has commits which head lacks; None where it has none.

    Args:
        base: A branch, tag or hash.
        head: Another one; None for the working tree.
        changed: Whether head differs from its commit.
        root: The project's folder.

    Raises:
        RevisionError: There is no such revision.
    """
    first, second = (git.commit_of(each, root=root) for each in (base, head or "HEAD"))
    lacking = git.count(first, f"^{second}", root=root)
    if not lacking:
        return None
    commits = "1 commit" if lacking == 1 else f"{lacking} commits"
    said = (
        f"{printable(base)} has {commits} that {printable(head or 'HEAD')} lacks; the "
        "comparison shows those, too"
    )
    common = git.merge_base(first, second, root=root)
    if common is None or (common == second and not changed):
        return said  # head has nothing of its own
    names = " ".join(shlex.quote(each) for each in (base, head or "HEAD"))
    command = f"h2h compare $(git merge-base {names})"
    if head is not None:
        command += f" {shlex.quote(head)}"
    return f"{said}; compare with the merge base: {printable(command)}"
