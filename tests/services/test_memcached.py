"""A memcached is one's own, which its answer alone does not tell: it knows no password."""

import shutil
from pathlib import Path

import pytest

from headtohead.host.ports import free_port
from headtohead.services.memcached import Memcached

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not shutil.which("memcached"), reason="memcached is not installed"),
]


def memcached(folder: Path) -> Memcached:
    (folder / "logs").mkdir(parents=True)
    return Memcached(directory=folder)


def test_one_that_was_faster_is_not_taken_for_ours(tmp_path, monkeypatch):
    theirs, ours = memcached(tmp_path / "theirs"), memcached(tmp_path / "ours")
    try:
        taken = theirs.start()
        ports = iter([int(taken.url.rpartition(":")[2]), free_port()])
        monkeypatch.setattr("headtohead.services.memcached.free_port", lambda: next(ports))
        started = ours.start()
        assert started.url != taken.url
        assert started.server.pid != taken.server.pid
    finally:
        ours.stop()
        theirs.stop()
