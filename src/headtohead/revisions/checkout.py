"""Two revisions of a project at once, each in a folder of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from headtohead.errors import RevisionError
from headtohead.host.files import prepare_folder
from headtohead.host.interrupts import interrupted_afterwards
from headtohead.revisions import git
from headtohead.revisions.environments import PythonEnvironment, environment_for

WORKING_TREE = "working tree"
_SHORT_HASH = 10


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A revision of a project that can be run.

    Attributes:
        name: What it was asked for as; `WORKING_TREE` for the project's own folder.
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
    base: str,
    head: str | None,
    *,
    root: Path,
    directory: Path,
    lock: Path,
    note: Callable[[str], None],
) -> Iterator[tuple[Revision, Revision]]:
    """Two revisions that can be run within the block; their folders are gone after it.

    Args:
        base: A branch, tag or hash.
        head: Another one; None for the project's folder as it is, with what is not committed.
        root: The project's folder, in a git repository.
        directory: Where folders and environments are kept, ignored by git.
        lock: The file, from the project's folder, that pins all packages the project needs.
        note: Told in a few words what takes a moment.

    Yields:
        Base and head.

    Raises:
        ConfigurationError: The folder to keep them in is not h2h's own.
        RevisionError: There is no such revision, it does not hold the project, or its environment
            cannot be made.
    """
    commits = [git.commit_of(each, root=root) for each in (base, head or "HEAD")]
    project = root.resolve().relative_to(git.repository(root))
    prepare_folder(directory)
    folders = directory / "revisions"
    _remove_abandoned(folders, root=root)

    def environment(of: Path) -> PythonEnvironment:
        return environment_for(
            of, like=root, lock=lock, directory=directory / "environments", note=note
        )

    with ExitStack() as stack:

        def revision(side: str, name: str, commit: str) -> Revision:
            folder = stack.enter_context(_worktree(folders, side=side, commit=commit, root=root))
            there = folder / project
            if not there.is_dir():
                raise RevisionError(
                    f"{name} has no folder {project}",
                    fix="name a revision that holds the project",
                )
            return Revision(
                name=name,
                commit=commit,
                changed=False,
                environment=environment(there),
            )

        first = revision("base", base, commits[0])
        if head is not None:
            yield first, revision("head", head, commits[1])
        else:
            yield (
                first,
                Revision(
                    name=WORKING_TREE,
                    commit=commits[1],
                    changed=git.changed(root),
                    environment=environment(root.resolve()),
                ),
            )


@contextmanager
def _worktree(folders: Path, *, side: str, commit: str, root: Path) -> Iterator[Path]:
    owner = psutil.Process()
    folder = folders / f"{side}-{commit[:_SHORT_HASH]}-{owner.pid}-{owner.create_time()}"
    folders.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with interrupted_afterwards():
            git.add_worktree(folder, commit=commit, root=root)
        yield folder
    finally:
        with interrupted_afterwards():
            _remove(folder, root=root)


def _remove_abandoned(folders: Path, *, root: Path) -> None:
    """Remove what a process left behind that was killed."""
    for folder in folders.glob("*") if folders.exists() else ():
        pid, created = folder.name.split("-")[-2:]
        try:
            alive = psutil.Process(int(pid)).create_time() == float(created)
        except psutil.NoSuchProcess:
            alive = False
        if not alive:
            _remove(folder, root=root)


def _remove(folder: Path, *, root: Path) -> None:
    if not folder.exists():
        return
    try:
        git.remove_worktree(folder, root=root)
    except RevisionError:
        # Killed while git wrote it: git does not know it as a worktree yet.
        shutil.rmtree(folder, ignore_errors=True)
