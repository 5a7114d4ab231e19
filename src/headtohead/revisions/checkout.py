"""Two revisions of a project at once, each in a folder of its own."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from headtohead.config import Config
from headtohead.errors import RevisionError
from headtohead.host.files import prepare_folder
from headtohead.host.interrupts import interrupted_afterwards
from headtohead.host.processes import mark, marked
from headtohead.revisions import git
from headtohead.revisions.base import default_base, remark_on_base
from headtohead.revisions.environments import PythonEnvironment, environment_for
from headtohead.revisions.git_command import printable
from headtohead.revisions.interpreters import facts_of, find_interpreter
from headtohead.revisions.local_contents import fill_large_files, fill_submodules
from headtohead.revisions.working_tree import copied_files, copy_files, copy_working_tree

WORKING_TREE = "working tree"
_SHORT_HASH = 10
# The folder of a checkout: its side, its commit, and the process that made it, with its start.
_OURS = re.compile(r"(?:base|head)-[0-9a-f]{10}-(?P<pid>\d+)-(?P<created>\d+\.\d+)")
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A revision of a project that can be run.

    Attributes:
        name: What it was asked for as; `WORKING_TREE` for the project's folder as it is.
        commit: Full hash; of what the working tree is based on.
        changed: Whether it is a working tree that differs from its commit.
        environment: The project's folder at that revision, with what can run it.
    """

    name: str
    commit: str
    changed: bool
    environment: PythonEnvironment

    @property
    def root(self) -> Path:
        """The project's folder at that revision."""
        return self.environment.root

    @property
    def label(self) -> str:
        """How reports call it, such as ``main (0a1b2c3d4e)``."""
        short = self.commit[:_SHORT_HASH]
        if self.name == WORKING_TREE:
            return f"{WORKING_TREE} ({short}, changed)" if self.changed else f"HEAD ({short})"
        return short if self.commit.startswith(self.name) else f"{self.name} ({short})"


@contextmanager
def checked_out(
    base: str | None,
    head: str | None,
    *,
    config: Config,
    note: Callable[[str], None],
    say: Callable[[str], None],
) -> Iterator[tuple[Revision, Revision]]:
    """Two revisions that can be run within the block; their folders are gone after it.

    Both are folders of h2h's own, whose paths are of one length. Nothing is run in the project's
    folder, so that nothing is written there.

    Args:
        base: A branch, tag or hash; None for where the work on HEAD began (`default_base`).
        head: Another one; None for the working tree as it is now, with what is not committed.
        config: The settings: where the project is, what runs it and what is copied into it.
        note: Told in a few words what takes a moment, and what the revisions share.
        say: Told in a sentence what whoever reads the result should know.

    Yields:
        Base and head.

    Raises:
        ConfigurationError: The folder to keep them in is not h2h's own, what is to be copied is
            not there, or no Python has the project's packages.
        RevisionError: There is no such revision, it does not hold the project, or its environment
            cannot be made.
    """
    root, directory, own = config.root, config.stack_directory, config.own_paths
    second = git.commit_of(head or "HEAD", root=root)
    project = root.resolve().relative_to(git.repository(root))
    changed = head is None and git.changed(root, own=own)
    if base is None:
        first, base = default_base(root, own=own)
        say(f"comparing with {base} ({first[:_SHORT_HASH]})")
    else:
        first = git.commit_of(base, root=root)
        if remark := remark_on_base(base, head, changed=changed, root=root):
            say(remark)
    copied = copied_files(config.copy, root=root, own=own)
    prepare_folder(directory)
    folders = directory / "revisions"
    _remove_abandoned(folders, root=root, note=note)
    interpreter = find_interpreter(root, named=config.python, environment=os.environ)
    facts = facts_of(interpreter.path, repository=git.folders_up(root.resolve())[-1])

    def environment(of: Path) -> PythonEnvironment:
        return environment_for(
            of,
            like=root,
            interpreter=interpreter,
            facts=facts,
            lock=config.lock,
            directory=directory / "environments",
            note=note,
        )

    with ExitStack() as stack:

        def revision(side: str, name: str | None, commit: str) -> Revision:
            called = WORKING_TREE if name is None else printable(name)
            folder = stack.enter_context(
                _worktree(folders, side=side, commit=commit, root=root, empty=name is None)
            )
            if name is None:
                note("copying the working tree")
                links = copy_working_tree(folder, root=root, own=own)
                if links:
                    say(
                        f"{_listed(links)}: a link into your own folder by its full path, so that "
                        "what the project writes there ends up in it; make it a relative one"
                    )
            else:
                fill_submodules(folder, commit=commit, root=root, called=called, say=say)
            missing = fill_large_files(folder, root=root)
            if missing:
                say(
                    f"{_listed(missing)} of {called}: pointers to large files, which this clone "
                    "does not have; if the project reads them: git lfs fetch --all"
                )
            copy_files(copied, folder, root=root)
            there = folder / project
            if not there.is_dir():
                raise RevisionError(
                    f"{called} has no folder {project}",
                    fix="name a revision that holds the project",
                )
            return Revision(
                name=called,
                commit=commit,
                changed=changed and name is None,
                environment=environment(there),
            )

        # Before an environment is made, which may take minutes in which files are edited.
        later = revision("head", head, second)
        yield revision("base", base, first), later


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    named = ", ".join(printable(each) for each in names[:_MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named


@contextmanager
def _worktree(folders: Path, *, side: str, commit: str, root: Path, empty: bool) -> Iterator[Path]:
    owner = mark(os.getpid()).replace(" ", "-")
    folder = folders / f"{side}-{commit[:_SHORT_HASH]}-{owner}"
    try:
        folders.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise RevisionError(f"{folders} is not the folder that h2h makes", fix="move it") from None
    try:
        with interrupted_afterwards():
            git.add_worktree(folder, commit=commit, root=root, empty=empty)
        yield folder
    finally:
        with interrupted_afterwards():
            _remove(folder, root=root)


def _remove_abandoned(folders: Path, *, root: Path, note: Callable[[str], None]) -> None:
    """Remove what a process left behind that was killed; what h2h did not make is left alone."""
    for folder in folders.glob("*") if folders.is_dir() else ():
        ours = _OURS.fullmatch(folder.name)
        if ours is None or folder.is_symlink():
            continue
        if marked(f"{ours['pid']} {ours['created']}") is None:
            _remove(folder, root=root)
            note(f"removed the revision that a killed h2h left in {folder.name}")


def _remove(folder: Path, *, root: Path) -> None:
    if not folder.exists():
        return
    try:
        git.remove_worktree(folder, root=root)
    except RevisionError:
        # Killed while git wrote it, so that git does not know it as a worktree yet; or something
        # in it cannot be removed.
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(RevisionError):
            git.remove_worktree(folder, root=root)
