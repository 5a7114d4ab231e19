"""The repository of the shop, written again from its commits."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.proof.commits import Commit, Edit

PROJECT = Path(__file__).parent / "project"
# The same commits get the same hashes, wherever and whenever they are made.
_MOMENT = 1_750_000_000
_IDENTITY = {"NAME": "Shop", "EMAIL": "shop@example.org"}


def write_repository(folder: Path, commits: Sequence[Commit]) -> list[str]:
    """Write the repository into a new folder.

    Returns:
        The hash of the shop as it began, then that of each commit.

    Raises:
        ValueError: An edit does not fit what stands there.
    """
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    _git("init", "--quiet", "--initial-branch=main", folder=folder)
    hashes = [_commit("Open the shop", folder=folder, number=0)]
    for number, commit in enumerate(commits, start=1):
        for edit in commit.edits:
            _apply(edit, folder=folder)
        hashes.append(_commit(commit.message, folder=folder, number=number))
    return hashes


def _apply(edit: Edit, *, folder: Path) -> None:
    path = folder / edit.file
    if not edit.old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit.new, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if text.count(edit.old) != 1:
        raise ValueError(f"{edit.file} has {text.count(edit.old)} times {edit.old!r}, not once")
    path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")


def _commit(message: str, *, folder: Path, number: int) -> str:
    moment = f"{_MOMENT + 3600 * number} +0000"
    _git("add", "--all", folder=folder, moment=moment)
    _git("commit", "--quiet", "--message", message, folder=folder, moment=moment)
    return _git("rev-parse", "HEAD", folder=folder)


def _git(*arguments: str, folder: Path, moment: str = "") -> str:
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in {**_IDENTITY, "DATE": moment}.items()
        if value
    }
    finished = subprocess.run(
        # Not what the user has set, such as signatures, templates or hooks.
        ["git", "-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null", *arguments],
        cwd=folder,
        env=os.environ | who,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.strip()
