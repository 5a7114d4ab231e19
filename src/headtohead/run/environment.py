"""Where a run takes place, for the record."""

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from headtohead.measurement import ComparedRevision, Environment, GitState
from headtohead.revisions import Revision

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
