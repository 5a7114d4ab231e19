"""One command of git: the same whatever its user has configured, and in one line if it refuses."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from headtohead.errors import RevisionError

# A user's hooks, monitors and pagers are for the user's own commands.
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "color.ui=false",
    "submodule.recurse=false",
)
# They lead git to a repository (`git rev-parse --local-env-vars`, of which settings are none),
# change what a path means, or forbid what h2h needs.
_UNWANTED = frozenset(
    f"GIT_{name}"
    for name in (
        *("DIR", "WORK_TREE", "IMPLICIT_WORK_TREE", "COMMON_DIR", "INDEX_FILE", "PREFIX", "CONFIG"),
        *("OBJECT_DIRECTORY", "ALTERNATE_OBJECT_DIRECTORIES", "GRAFT_FILE", "SHALLOW_FILE"),
        *("NO_REPLACE_OBJECTS", "REPLACE_REF_BASE", "INTERNAL_SUPER_PREFIX"),
        *("LITERAL_PATHSPECS", "GLOB_PATHSPECS", "NOGLOB_PATHSPECS", "ICASE_PATHSPECS"),
        *("NAMESPACE", "QUARANTINE_PATH", "ATTR_SOURCE"),
    )
)
# How git's reasons begin, and some of them.
_TELLING = ("fatal: ", "error: ")
_UNTRUSTED = "detected dubious ownership"
_NO_REPOSITORY = "not a git repository"
_BARE = "this operation must be run in a work tree"

# git-lfs may be missing, and would ask a server for files.
WITHOUT_LFS = ("filter.lfs.process=", "filter.lfs.smudge=", "filter.lfs.required=false")


def names(*arguments: str, root: Path) -> list[str]:
    """What a command prints with `-z`: names in which bytes that are no text are surrogates."""
    return [os.fsdecode(each) for each in output(*arguments, root=root).split(b"\0") if each]


def line(*arguments: str, root: Path) -> str:
    """The line that a command prints."""
    return os.fsdecode(output(*arguments, root=root)).removesuffix("\n")


def printable(name: str) -> str:
    """A name as it can be printed and recorded, whatever bytes it is made of."""
    return name if name.isprintable() else repr(name)[1:-1]


def output(
    *arguments: str,
    root: Path,
    settings: Sequence[str] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """What git prints.

    Args:
        arguments: The command and its arguments.
        root: Where it runs.
        settings: Settings as `-c` takes them, beside those that always hold.
        variables: Variables of the environment for this command.

    Raises:
        RevisionError: It fails, or git is not installed.
    """
    given = [word for each in (*_SETTINGS, *settings) for word in ("-c", each)]
    try:
        finished = subprocess.run(
            # To ask is not to change the index.
            ["git", "--no-optional-locks", *given, *arguments],  # noqa: S607 (the user's git)
            cwd=root,
            env={**_environment(), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            # Ctrl-C is for h2h, which lets git finish what cannot be done by halves.
            process_group=0,
        )
    except FileNotFoundError:
        raise RevisionError(
            "git is not installed", fix="install it (apt-get install git)"
        ) from None
    if finished.returncode != 0:
        raise _refusal(arguments, finished.stderr, root=root)
    return finished.stdout


def _refusal(arguments: Sequence[str], stderr: bytes, *, root: Path) -> RevisionError:
    lines = stderr.decode(errors="backslashreplace").strip().splitlines()
    telling = [each for each in lines if each.startswith(_TELLING)]
    said = (telling or lines[-1:] or ["it says nothing"])[0]
    for kind in _TELLING:
        said = said.removeprefix(kind)
    if said.startswith(_UNTRUSTED):
        trusted = said.partition("'")[2].rpartition("'")[0] or str(root)
        return RevisionError(
            f"git does not trust the repository {trusted}, because another user owns it",
            fix=f"git config --global --add safe.directory {shlex.quote(trusted)}",
        )
    if said.startswith(_BARE):
        return RevisionError(
            f"{root} is in a bare repository, which has no working tree",
            fix="clone it (git clone), and run h2h in the clone",
        )
    if said.startswith(_NO_REPOSITORY):
        return RevisionError(
            f"{root} is in no git repository ({said})",
            fix="run h2h in a clone of the project, or begin a repository (git init)",
        )
    command = next(each for each in arguments if not each.startswith("-"))
    return RevisionError(
        f"git {command} fails ({said})",
        fix="run h2h in the git repository of the project, and fix what git reports",
    )


def without_repository(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what a hook that h2h is called from says of its repository."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _UNWANTED and not name.startswith("GIT_TRACE")
    }


def _environment() -> dict[str, str]:
    kept = without_repository(os.environ)
    # Messages are looked at; nobody is there to be asked for a password.
    return {**kept, "LC_ALL": "C", "LANGUAGE": "", "GIT_TERMINAL_PROMPT": "0"} | {
        "GIT_LFS_SKIP_SMUDGE": "1"
    }
