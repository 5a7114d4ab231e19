"""Where a record comes from: revision, machine, packages, time."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic
from typing import TypedDict

import psutil

from headtohead.errors import RevisionError
from headtohead.host.cores import available_cores
from headtohead.revisions import Revision
from headtohead.revisions.git import changed, commit_of


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


class Provenance(TypedDict):
    """Where a record comes from: fields that records of every kind have."""

    started_at: datetime
    seconds: float
    git: GitState
    environment: Environment


@dataclass(frozen=True, kw_only=True)
class Began:
    """The moment when something that is recorded began.

    Attributes:
        at: The moment.
        clock: The monotonic clock then, in seconds.
        load: One-minute load average then.
    """

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=monotonic)
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    def provenance(
        self,
        root: Path,
        *,
        own: Sequence[Path],
        servers: Mapping[str, str] | None = None,
        rows: int = 0,
    ) -> Provenance:
        """What the record says of where it comes from; it ends now.

        Args:
            root: The folder of the project.
            own: Files and folders of h2h's own in it, which are no changes of it.
            servers: Versions of the servers by name.
            rows: Rows of the main table, 0 where unknown.
        """
        environment = describe(
            servers=servers or {}, rows=rows, load_before=self.load, load_after=os.getloadavg()[0]
        )
        return Provenance(
            started_at=self.at,
            seconds=monotonic() - self.clock,
            git=git_state(root, own=own),
            environment=environment,
        )


def describe(
    *, servers: Mapping[str, str], rows: int, load_before: float, load_after: float
) -> Environment:
    """The machine, its software and how busy it was."""
    return Environment(
        cpu=_cpu_model(),
        cores=len(available_cores()),
        memory_bytes=psutil.virtual_memory().total,
        system=platform.platform(),
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _package_version(name))},
        servers=dict(servers),
        load_before=load_before,
        load_after=load_after,
        rows=rows,
    )


def git_state(root: Path, *, own: Sequence[Path] = ()) -> GitState:
    """The revision that is measured; files and folders of h2h's own are no changes."""
    try:
        return GitState(commit=commit_of("HEAD", root=root), dirty=changed(root, own=own))
    except RevisionError:
        return GitState(commit=None, dirty=False)


def compared(revision: Revision) -> ComparedRevision:
    """A revision that stood on one side, for the record."""
    return ComparedRevision(name=revision.label, commit=revision.commit, changed=revision.changed)


def _package_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu_model() -> str:
    information = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    models = (line for line in information.splitlines() if line.startswith("model name"))
    return next(models, platform.machine()).partition(":")[2].strip() or platform.machine()
