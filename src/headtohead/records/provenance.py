"""Where a run takes place, for the record."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from headtohead.revisions import Revision


@dataclass(frozen=True, kw_only=True)
class GitState:
    """The revision measured; `commit` is None outside a repository."""

    commit: str | None
    dirty: bool


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where the run took place.

    Attributes:
        cpu: Model name of the processor.
        cores: Cores this process may use.
        memory_bytes: Physical memory.
        system: Operating system and kernel.
        python: Python version of the harness and the API.
        packages: Versions of the packages that could change a result.
        servers: Versions of the servers, by name, as they report them.
        load_before: One-minute load average when the run began.
        load_after: One-minute load average when it ended.
        rows: Rows of the main table while measuring; 0 where nobody could count them.
    """

    cpu: str
    cores: int
    memory_bytes: int
    system: str
    python: str
    packages: Mapping[str, str]
    servers: Mapping[str, str]
    load_before: float
    load_after: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class ComparedRevision:
    """A revision of the project that stood on one side.

    Attributes:
        name: What reports call it.
        commit: Full hash; of what a working tree is based on.
        changed: Whether it is a working tree that differs from its commit.
    """

    name: str
    commit: str
    changed: bool


# Packages whose version could change a latency.
PACKAGES = (
    "django",
    "django-prometheus",
    "djangorestframework",
    "gevent",
    "gunicorn",
    "headtohead",
    "locust",
    "prometheus-client",
    "psycopg2-binary",
    "redis",
)


def describe(
    *, servers: Mapping[str, str], rows: int, load_before: float, load_after: float
) -> Environment:
    """The machine, its software and how busy it was."""
    return Environment(
        cpu=_cpu_model(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=psutil.virtual_memory().total,
        system=platform.platform(),
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _package_version(name))},
        servers=dict(servers),
        load_before=load_before,
        load_after=load_after,
        rows=rows,
    )


def git_state(root: Path) -> GitState:
    """The revision that is measured."""
    commit = _git("rev-parse", "HEAD", root=root)
    return GitState(commit=commit or None, dirty=bool(_git("status", "--porcelain", root=root)))


def compared(revision: Revision) -> ComparedRevision:
    """A revision that stood on one side, for the record."""
    return ComparedRevision(name=revision.label, commit=revision.commit, changed=revision.changed)


def _git(*arguments: str, root: Path) -> str:
    try:
        completed = subprocess.run(
            ["git", *arguments],  # noqa: S607 (whichever git the user has)
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return completed.stdout.strip() if completed.returncode == 0 else ""


def _package_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu_model() -> str:
    information = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    models = (line for line in information.splitlines() if line.startswith("model name"))
    return next(models, platform.machine()).partition(":")[2].strip() or platform.machine()
