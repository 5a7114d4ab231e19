"""The files of a working tree: which there are, and copies of them elsewhere."""

import fnmatch
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from headtohead.config import TABLE
from headtohead.errors import ConfigurationError, RevisionError
from headtohead.revisions.git import GITLINK, below, common_folder, repository
from headtohead.revisions.git_command import names, printable

# What a project reads that its repository does not hold; then what only looks like it.
_NEEDED = (
    *(".env", ".env.*", "*.env", "local_settings.py", "settings_local.py", "settings/local.py"),
    *("settings/local_*.py", "*.local.toml", "*.local.yaml", "*.local.yml", "*.local.json"),
    *("local.toml", "local.yaml", "local.yml", "local.ini", "local.cfg", "secrets.toml"),
    *("secrets.yaml", "secrets.yml", "secrets.json", "webpack-stats.json", ".vite/manifest.json"),
    *("static/dist/", "static/build/", "static/bundles/", "assets/dist/", "assets/bundles/"),
    *("frontend/dist/", "frontend/build/", "static/webpack_bundles/"),
)
_EXAMPLES = ("*.example", "*.sample", "*.template", "*.dist", "*.bak", "*.swp")


class _Copies:
    """Files of one folder, copied into another one under the same names.

    Nothing is read or written through a link in place of a folder: it may lead to a user's files.

    Attributes:
        leading_back: The links copied that lead into the first folder by their full path.
    """

    def __init__(self, source: Path, target: Path) -> None:
        self.leading_back: list[str] = []
        self._source = source
        self._target = target
        self._read = {"": True}
        self._made = {""}

    def add(self, name: str, *, follow: bool = False) -> None:
        """Copy a file or a link by its name, unless it is gone or there is one of that name.

        Args:
            name: Its path from either folder.
            follow: Whether to copy the file that a link leads to.
        """
        here, there = self._source / name, self._target / name
        parent = name.rpartition("/")[0]
        try:
            if not self._is_folder(parent):
                return
            mode = here.lstat().st_mode
            linked = stat.S_ISLNK(mode) and not (follow and here.is_file())
            if not (linked or here.is_file()):
                return  # a pipe, a socket, or a folder in place of the file
            self._make(parent)
            if os.path.lexists(there):
                return
            if linked:
                leads_to = here.readlink()
                there.symlink_to(leads_to)
                if leads_to.is_absolute() and leads_to.is_relative_to(self._source):
                    self.leading_back.append(name)
            else:
                # Never a link: what is written in place would reach the user's file.
                shutil.copyfile(here, there)
                there.chmod(here.stat().st_mode & 0o777)
        except (FileNotFoundError, NotADirectoryError):
            return  # deleted, perhaps only just now
        except OSError as error:
            raise RevisionError(
                f"{printable(name)} of the working tree cannot be copied ({error.strerror})",
                fix="make it readable, let git ignore it, or make room on the disk",
            ) from error

    def _is_folder(self, name: str) -> bool:
        if name not in self._read:
            above = self._is_folder(name.rpartition("/")[0])
            self._read[name] = above and stat.S_ISDIR((self._source / name).lstat().st_mode)
        return self._read[name]

    def _make(self, name: str) -> None:
        if name in self._made:
            return
        self._make(name.rpartition("/")[0])
        folder = self._target / name
        try:
            folder.mkdir()
        except FileExistsError:
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise
        self._made.add(name)


def copy_working_tree(folder: Path, *, root: Path, own: Sequence[Path]) -> list[str]:
    """Copy a repository's working tree as it is: what is tracked, and what git does not ignore.

    Links stay links, submodules' files are among the others, and what is deleted is not there.

    Args:
        folder: Where to.
        root: The project's folder.
        own: Files and folders of h2h's own; of these only what is tracked is copied.

    Returns:
        Links that lead back into the working tree by their full path.

    Raises:
        RevisionError: git refuses, or a file cannot be copied.
    """
    top = repository(root)
    copies = _Copies(top, folder)
    own_names = tuple(str(path) for path in below(own, root=root))
    for name in _files(top, without=own_names, family=common_folder(top)):
        copies.add(name)
    return copies.leading_back


def _files(top: Path, *, without: Sequence[str] = (), family: Path) -> Iterator[str]:
    """The files of a working tree from its top folder, with those of the repositories within."""
    nested = []
    tracked = set()  # what is in conflict is listed several times
    for entry in names("ls-files", "-z", "--cached", "--stage", root=top):
        fields, _, name = entry.partition("\t")
        if fields.startswith(GITLINK):
            nested.append(name)
        else:
            tracked.add(name)
    yield from tracked
    for name in names("ls-files", "-z", "--others", "--exclude-standard", root=top):
        if any(name == each or name.startswith(f"{each}/") for each in without):
            continue
        if name.endswith("/"):
            nested.append(name.removesuffix("/"))
        else:
            yield name
    for name in nested:
        inner = top / name
        # A submodule that was never fetched is an empty folder; a worktree of this very repository
        # is another revision.
        if os.path.lexists(inner / ".git") and common_folder(inner) != family:
            for each in _files(inner, family=family):
                yield f"{name}/{each}"


def copied_files(patterns: Sequence[str], *, root: Path, own: Sequence[Path]) -> tuple[str, ...]:
    """The files, from the repository's top folder, that the setting `copy` names.

    Args:
        patterns: Paths from the project's folder, or git's glob patterns; of a folder all is meant.
        root: The project's folder.
        own: Folders of h2h's own, which are never among them.

    Raises:
        ConfigurationError: A path is outside of the repository, is missing, or is tracked, so that
            every revision has its own.
        RevisionError: There is no repository.
    """
    top = repository(root)
    family = common_folder(top)
    own_names = tuple(f"{path}/" for path in below(own, root=root))
    found: dict[str, None] = {}
    for pattern in patterns:
        try:
            listed = _listed(pattern, "--others", root=root)
        except RevisionError as error:
            raise ConfigurationError(
                f"{TABLE} copy has {pattern!r}, which is not within the repository",
                fix=f"name files below {top}",
            ) from error
        if not listed and _listed(pattern, "--cached", root=root):
            raise ConfigurationError(
                f"{TABLE} copy has {pattern!r}, of which every revision has its own: git tracks it",
                fix="take it out",
            )
        if not listed:
            raise ConfigurationError(
                f"{TABLE} copy has {pattern!r}, which is not there", fix="make it, or take it out"
            )
        for name in listed:
            if name.endswith("/"):
                inner = _files(top / name, family=family)
                found.update(dict.fromkeys(f"{name}{each}" for each in inner))
            elif not name.startswith(own_names):
                found[name] = None
    return tuple(found)


def _listed(pattern: str, which: str, *, root: Path) -> list[str]:
    pathspec = f":(glob){pattern.removesuffix('/')}"
    return names("ls-files", "-z", "--full-name", which, "--", pathspec, root=root)


def copy_files(files: Sequence[str], folder: Path, *, root: Path) -> None:
    """Copy files of a repository's working tree to where a revision of it lacks them.

    Raises:
        RevisionError: One cannot be copied.
    """
    copies = _Copies(repository(root), folder)
    for name in files:
        copies.add(name, follow=True)


def ignored_candidates(root: Path) -> tuple[Path, ...]:
    """The ignored files and folders that a project probably needs, from its folder.

    They are found by their names, such as ``.env``; folders in which all is ignored, such as those
    of packages, are not looked into.

    Raises:
        RevisionError: There is no repository.
    """
    ignored = ("--others", "--ignored", "--exclude-standard", "--directory")
    return tuple(
        sorted(
            Path(name)
            for name in names("ls-files", "-z", *ignored, root=root)
            if any(fnmatch.fnmatchcase(f"/{name}", f"*/{each}") for each in _NEEDED)
            and not any(fnmatch.fnmatchcase(name, each) for each in _EXAMPLES)
        )
    )
