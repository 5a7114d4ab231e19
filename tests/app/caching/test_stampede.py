import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.caching import cache_status, stampede, stores
from app.caching.stampede import early, is_due, single_flight, unprotected

READERS = 6


class Source:
    """A value whose reading lasts until the test lets it end."""

    def __init__(self) -> None:
        self.reads = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self._lock = threading.Lock()

    def read(self) -> str:
        with self._lock:
            self.reads += 1
        self.begun.set()
        assert self.may_end.wait(timeout=30)
        return "value"


@pytest.fixture
def source() -> Source:
    return Source()


def outcome(get: Callable[..., str], read: Callable[[], str]) -> tuple[str, str]:
    """The value, and what became of the lookup."""
    with cache_status.reporting() as header:
        value = get("key", read, seconds=60)
    return value, header[cache_status.HEADER].removeprefix("key; ")


@pytest.mark.parametrize("get", [unprotected, single_flight, early])
def test_a_value_is_read_once(get: Callable[..., str], source: Source) -> None:
    source.may_end.set()
    found = [outcome(get, source.read) for _ in range(3)]
    assert found == [("value", "fwd=miss; stored"), ("value", "hit"), ("value", "hit")]
    assert source.reads == 1


@pytest.mark.parametrize("get", [unprotected, single_flight, early])
def test_without_the_cache_the_value_is_read(
    get: Callable[..., str], source: Source, cache_down: None
) -> None:
    source.may_end.set()
    assert outcome(get, source.read) == ("value", "fwd=bypass")


def test_without_protection_all_who_find_nothing_read(source: Source) -> None:
    together = threading.Barrier(READERS)

    def read() -> str:
        together.wait(timeout=30)  # broken unless all of them read at once
        return "value"

    with ThreadPoolExecutor(READERS) as readers:
        found = list(readers.map(lambda _: outcome(unprotected, read), range(READERS)))
    assert found == [("value", "fwd=miss; stored")] * READERS


def test_in_a_single_flight_one_reads_for_all(source: Source) -> None:
    with ThreadPoolExecutor(READERS) as readers:
        found = [readers.submit(outcome, single_flight, source.read) for _ in range(READERS)]
        assert source.begun.wait(timeout=30)
        source.may_end.set()
        values, outcomes = zip(*(each.result() for each in found), strict=True)
    assert set(values) == {"value"}
    assert source.reads == outcomes.count("fwd=miss; stored") == 1


def test_a_flight_that_fails_lets_the_next_one_begin(source: Source) -> None:
    def fail() -> str:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        single_flight("key", fail, seconds=60)
    source.may_end.set()
    assert outcome(single_flight, source.read) == ("value", "fwd=miss; stored")


def test_a_lease_expires_with_whoever_holds_it(source: Source, servers: None) -> None:
    source.may_end.set()
    stores.SHARED.add("key:lease", "taken", seconds=1)  # somebody who will never come back
    assert outcome(single_flight, source.read) == ("value", "fwd=miss; stored")


def test_who_takes_a_lease_after_the_value_was_stored_does_not_read(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for the value and taking the lease, somebody else stores it."""
    add = stores.SHARED.add

    def stored_just_before(key: str, value: object, *, seconds: float | None = None) -> bool:
        stores.SHARED.set("key", "value")
        return add(key, value, seconds=seconds)

    monkeypatch.setattr(stores.SHARED, "add", stored_just_before)
    assert outcome(single_flight, source.read) == ("value", "hit")
    assert source.reads == 0
    assert stores.SHARED.get_many(["key:lease"]) == {}


def test_early_reading_renews_a_value_that_has_not_expired(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.may_end.set()
    outcome(early, source.read)
    monkeypatch.setattr(stampede, "is_due", lambda **_: True)
    assert outcome(early, source.read) == ("value", "fwd=stale; stored")
    assert source.reads == 2


def test_it_is_the_likelier_due_the_nearer_the_end_and_the_longer_reading_takes() -> None:
    def share(**of: float) -> float:
        return sum(is_due(**of) for _ in range(2000)) / 2000

    assert is_due(expires_in=0.0, reading_takes=0.0)
    near, far = (share(expires_in=each, reading_takes=0.1) for each in (0.05, 0.5))
    quick = share(expires_in=0.05, reading_takes=0.01)
    # exp(-expires_in / (EAGERNESS * reading_takes)): 0.78, 0.08 and 0.08.
    assert near > 0.6
    assert max(far, quick) < 0.2
