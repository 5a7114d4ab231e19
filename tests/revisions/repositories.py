"""Small repositories, and revisions of them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from headtohead.config import Config
from headtohead.revisions import checked_out

AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"))
}
STACK = ".h2h"


def git(*arguments: str, root: Path, given: bytes | None = None, **variables: str) -> str:
    """What git prints."""
    finished = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=root,
        env=os.environ | AUTHOR | variables,
        input=given,
        capture_output=True,
        check=True,
    )
    return os.fsdecode(finished.stdout).strip()


def commit(root: Path, text: str, **variables: str) -> str:
    """Commit all there is, with a module that says this; the commit's hash."""
    (root / "shop.py").write_text(f"ANSWER = {text!r}\n", encoding="utf-8")
    git("add", "--all", root=root)
    git("commit", "--quiet", "--message", text, root=root, **variables)
    return git("rev-parse", "HEAD", root=root)


def new_repository(root: Path) -> Path:
    """A repository of two commits, the first of them tagged `v1`."""
    root.mkdir(parents=True)
    git("init", "--quiet", "--initial-branch", "main", root=root)
    (root / ".gitignore").write_text("*.log\n.env\n__pycache__/\n", encoding="utf-8")
    commit(root, "old")
    git("tag", "v1", root=root)
    commit(root, "new")
    return root


def revisions(
    root: Path,
    base: str | None,
    head: str | None = None,
    *,
    notes: list[str] | None = None,
    said: list[str] | None = None,
    **settings: Any,
):
    """`checked_out`, as commands call it."""
    return checked_out(
        base,
        head,
        config=Config(root=root, stack=Path(STACK), python=sys.executable, **settings),
        note=(notes if notes is not None else []).append,
        say=(said if said is not None else []).append,
    )


def files(folder: Path, *, times: bool = False) -> dict[str, tuple[object, ...]]:
    """All below a folder but git's and h2h's own: mode, content, and perhaps time and folders."""
    found: dict[str, tuple[object, ...]] = {}
    for path in folder.rglob("*"):
        below = path.relative_to(folder)
        if ".git" in below.parts or below.parts[0] == STACK:
            continue
        status = path.lstat()
        content: object = None
        if path.is_symlink():
            content = path.readlink()
        elif path.is_file():
            content = path.read_bytes()
        elif not times:
            continue  # git knows no folders
        found[str(below)] = (status.st_mode, content, *([status.st_mtime_ns] if times else []))
    return found
