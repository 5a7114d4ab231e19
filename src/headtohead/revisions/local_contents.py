"""What a checkout lacks that git fetches from servers: submodules, and large files (LFS).

Both are had from the clone itself; nothing is asked of a server.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from headtohead.errors import RevisionError
from headtohead.revisions.git import GITLINK, common_folder, own_folder, repository
from headtohead.revisions.git_command import WITHOUT_LFS, names, output, printable

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:(\w+)\n"
)
_LONGEST_POINTER = 1024  # bytes


@dataclass(frozen=True, kw_only=True)
class _Submodule:
    """A submodule of a commit.

    Attributes:
        path: Where it is, from the top folder of the project's repository.
        name: What its repository is kept as.
        commit: Its commit.
    """

    path: str
    name: str
    commit: str


def fill_submodules(
    folder: Path, *, commit: str, root: Path, called: str, say: Callable[[str], None]
) -> None:
    """Write the files of a commit's submodules, as deep as they go, into a checkout.

    Args:
        folder: The checkout's top folder.
        commit: The commit.
        root: The project's folder.
        called: What the revision is called.
        say: Told of each that this clone does not have; its folder stays empty.

    Raises:
        RevisionError: This clone has a submodule, but not the commit of it.
    """
    top = repository(root)
    filling = _Filling(folder=folder, worktree=top, called=called, say=say)
    filling.fill("", commit=commit, repositories=(own_folder(top), common_folder(top)))


@dataclass(frozen=True, kw_only=True)
class _Filling:
    """A checkout that gets its submodules.

    Attributes:
        folder: Its top folder.
        worktree: The top folder of the project's own repository.
        called: What the revision is called.
        say: Told of what this clone does not have.
    """

    folder: Path
    worktree: Path
    called: str
    say: Callable[[str], None]

    def fill(self, at: str, *, commit: str, repositories: tuple[Path, ...]) -> None:
        """Write the submodules of a commit that is checked out at a path."""
        for each in self._submodules(at, commit=commit, repository=repositories[-1]):
            kept = self._repository_of(each, repositories=repositories)
            if kept is None:
                self.say(
                    f"submodule {printable(each.path)} of {self.called} is not in this clone, so "
                    "its folder stays empty; if the project needs it: "
                    "git submodule update --init --recursive"
                )
                continue
            (self.folder / each.path).mkdir(parents=True, exist_ok=True)
            self._write(each, repository=kept)
            self.fill(each.path, commit=each.commit, repositories=(kept,))

    def _git(self, at: str, *, repository: Path) -> tuple[str, str]:
        """Options that leave the user's checkout, of which the repository knows, out of it."""
        return (f"--git-dir={repository}", f"--work-tree={self.folder / at}")

    def _submodules(self, at: str, *, commit: str, repository: Path) -> Iterator[_Submodule]:
        git = self._git(at, repository=repository)
        entries = names(*git, "ls-tree", "-r", "-z", "--full-tree", commit, root=self.folder)
        links = [each.partition("\t")[::2] for each in entries if each.startswith(GITLINK)]
        if not links:
            return
        asked = (f"--blob={commit}:.gitmodules", "-z", "--get-regexp", r"^submodule\..*\.path$")
        try:
            settings = names(*git, "config", *asked, root=self.folder)
        except RevisionError:
            settings = []  # it has no such file
        named = {
            path: key.removeprefix("submodule.").removesuffix(".path")
            for key, _, path in (each.partition("\n") for each in settings)
        }
        for fields, path in links:
            yield _Submodule(
                path=f"{at}/{path}" if at else path,
                name=named.get(path, path),
                commit=fields.split()[2],
            )

    def _repository_of(
        self, submodule: _Submodule, *, repositories: tuple[Path, ...]
    ) -> Path | None:
        """The repository that this clone keeps of a submodule."""
        checkout = self.worktree / submodule.path
        if (checkout / ".git").exists():
            return own_folder(checkout)
        if ".." in Path(submodule.name).parts:
            return None  # no name that git itself would take
        kept = (each / "modules" / submodule.name for each in repositories)
        return next((each for each in kept if (each / "HEAD").is_file()), None)

    def _write(self, submodule: _Submodule, *, repository: Path) -> None:
        git = self._git(submodule.path, repository=repository)
        try:
            output(*git, "cat-file", "-e", f"{submodule.commit}^{{commit}}", root=self.folder)
        except RevisionError as error:
            path = printable(submodule.path)
            raise RevisionError(
                f"this clone lacks commit {submodule.commit[:10]} of submodule {path}, which "
                f"{self.called} needs",
                fix=f"fetch it: git -C {path} fetch origin {submodule.commit}",
            ) from error
        # With an index of its own, so that the user's checkout of the submodule stays as it is.
        with TemporaryDirectory(prefix="h2h-") as folder:
            output(
                *(*git, "read-tree", "--reset", "-u", submodule.commit),
                root=self.folder / submodule.path,
                settings=WITHOUT_LFS,
                variables={"GIT_INDEX_FILE": f"{folder}/index"},
            )


def fill_large_files(folder: Path, *, root: Path) -> list[str]:
    """Replace pointers to large files in a checkout by the files, where the clone has them.

    Returns:
        The names of those that stay pointers.
    """
    objects = common_folder(root) / "lfs" / "objects"
    missing = []
    for name in names("ls-files", "-z", "--", ":(attr:filter=lfs)", root=folder):
        path = folder / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST_POINTER:
            continue
        pointer = _POINTER.match(path.read_bytes())
        if pointer is None:
            continue
        digest = pointer[1].decode()
        kept = objects / digest[:2] / digest[2:4] / digest
        if kept.is_file():
            shutil.copyfile(kept, path)
        else:
            missing.append(name)
    return missing
