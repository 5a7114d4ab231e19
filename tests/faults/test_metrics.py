"""Scrapes of the API after one of its workers was killed."""

import pytest

from tests.faults.cases import Seen, fault
from tests.faults.shop import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack


@fault(
    "A worker is killed and leaves an empty and a two-byte file of metrics",
    promised="every scrape is answered 200; both files are set aside and counted",
)
def test_scrapes_go_on_after_a_worker_was_killed(broken: Shop, seen: Seen) -> None:
    client = broken.client(Authorization=f"Bearer {broken.project.token}")
    killed = broken.workers()[0]
    before = len(broken.workers())
    killed.kill()
    killed.wait(30)
    eventually(lambda: len(broken.workers()) == before)
    folder = broken.directory / "prometheus"
    (folder / f"histogram_{killed.pid}.db").write_bytes(b"")
    (folder / f"counter_{killed.pid}.db").write_bytes(b"\x08\x00")
    scrapes = [client.get("/metrics") for _ in range(10)]
    assert [each.status for each in scrapes] == [200] * 10
    assert b"headtohead_metrics_files_unreadable_total 2.0" in scrapes[-1].body
    # What is left is read, and goes on; a request is added to it a little later.
    served = b"headtohead_request_duration_seconds_count"
    eventually(lambda: served in client.get("/metrics").body, patience=30)
    for file in folder.glob("*.unreadable"):
        file.unlink()
    seen(scrapes=10, failed=0, set_aside=2)
