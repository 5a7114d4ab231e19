"""Servers that come and go while Prometheus runs: told to it through files, as it watches them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from headtohead.files import write_whole
from headtohead.stack.running import Server

# Their job, apart from that of the API, whose own traffic its dashboard and alerts judge.
JOB = "beside"
FOLDER = "beside"
FILES = f"{FOLDER}/*.json"


@contextmanager
def announced(monitoring: Path, servers: Iterable[Server]) -> Iterator[None]:
    """Have Prometheus scrape servers within the block, and miss none of them after it.

    Args:
        monitoring: Prometheus' working directory; where there is none, nobody watches.
        servers: Healthy servers that answer `/metrics`.
    """
    folder = monitoring / FOLDER
    if not folder.is_dir():
        yield
        return
    _forget_lost(folder)
    files = []
    try:
        for server in servers:
            file = folder / f"{server.pid}.json"
            files.append(file)
            group = {"targets": [server.address], "labels": {"server": server.name}}
            write_whole(json.dumps([group]), file, private=True)
        yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def _forget_lost(folder: Path) -> None:
    """Forget servers of a process that was killed before it could, or while it told of them."""
    for file in folder.glob("*.json*"):
        if not psutil.pid_exists(int(file.name.partition(".")[0])):
            file.unlink(missing_ok=True)
