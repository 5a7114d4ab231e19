"""gunicorn hooks that keep Prometheus' multiprocess mode right; import them in its config file."""

import os
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

from headtohead.django.prometheus.collecting import ASIDE, DIRECTORY


def on_starting(_server: Any) -> None:
    """Forget the metrics of an earlier server, whose counts would be added to this one's."""
    directory = os.environ.get(DIRECTORY)
    if directory:
        Path(directory).mkdir(parents=True, exist_ok=True)
        for name in ("*.db", f"*{ASIDE}"):
            for file in Path(directory).glob(name):
                file.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the live gauges of a worker that has ended."""
    if os.environ.get(DIRECTORY):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
