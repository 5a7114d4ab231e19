"""gunicorn hooks that keep Prometheus' multiprocess mode right; import them in its config file."""

import os
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(_server: Any) -> None:
    """Forget the metrics of an earlier server, whose counts would be added to this one's."""
    directory = os.environ.get(_DIRECTORY)
    if directory:
        Path(directory).mkdir(parents=True, exist_ok=True)
        for file in Path(directory).glob("*.db"):
            file.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the live gauges of a worker that has ended."""
    if os.environ.get(_DIRECTORY):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
