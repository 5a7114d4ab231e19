"""Leases on values that are asked for all the time."""

import pytest
from django.core.cache import cache as django_cache

from app.caching import composition, generations, leases, stores
from tests.app.caching.conftest import Clock

PARTS = frozenset({"one", "other"})


class Source:
    """A value made of two parts, and how often it was made."""

    def __init__(self) -> None:
        self.value = "old"

    def make(self) -> tuple[str, frozenset[str]]:
        return self.value, PARTS

    def read(self) -> str:
        return composition.read_composed("whole", self.make)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of leases."""
    monkeypatch.setattr(leases, "_LEASES", {})
    monkeypatch.setattr(leases, "monotonic", clock)
    monkeypatch.setattr(composition, "monotonic", clock)
    return clock


@pytest.fixture
def slept(time: Clock, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long writers have waited."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time.now += seconds

    monkeypatch.setattr(leases, "sleep", sleep)
    return waits


def changed_behind_its_back() -> None:
    """Have the store hold another value, as current as the one before."""
    held = django_cache.get("whole")
    django_cache.set("whole", (*held[:-1], "new"))


def read_often(source: Source, time: Clock) -> None:
    """Make it, be told that it is current, announce leases, take one."""
    for _ in range(4):
        source.read()
        time.now += leases.SECONDS / 10


def test_what_is_asked_for_often_is_not_looked_up_each_time(source: Source, time: Clock) -> None:
    read_often(source, time)
    changed_behind_its_back()
    assert source.read() == "old"


def test_a_lease_ends(source: Source, time: Clock) -> None:
    read_often(source, time)
    changed_behind_its_back()
    time.now += leases.SECONDS
    assert source.read() == "new"


def test_a_lease_begins_before_the_store_is_asked(
    source: Source, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer may be about to be outdated as soon as the store gives it."""
    read_often(source, time)
    time.now += leases.SECONDS
    get_many = stores.SHARED.get_many

    def slowly(keys):
        found = get_many(keys)
        time.now += leases.SECONDS
        return found

    monkeypatch.setattr(stores.SHARED, "get_many", slowly)
    assert source.read() == "old"
    changed_behind_its_back()
    assert source.read() == "new"


def test_what_is_asked_for_seldom_gets_no_lease(source: Source, time: Clock) -> None:
    for _ in range(5):
        source.read()
        time.now += 2 * leases.BUSY_SECONDS
    changed_behind_its_back()
    assert source.read() == "new"
    assert not leases.may_exist(PARTS)


def test_there_is_no_lease_before_writers_can_know(source: Source, time: Clock) -> None:
    for _ in range(2):
        source.read()
    assert not leases.may_exist(PARTS)
    source.read()
    assert all(leases.may_exist([part]) for part in PARTS)
    changed_behind_its_back()
    assert source.read() == "new"


def test_no_lease_outlasts_its_announcement(source: Source, time: Clock) -> None:
    read_often(source, time)
    # The next answer would count for longer than writers of parts are told.
    time.now = leases.ANNOUNCED_SECONDS - leases.SECONDS / 2
    source.read()
    changed_behind_its_back()
    assert source.read() == "new"


def test_an_announcement_that_is_lost_is_made_again(source: Source, time: Clock) -> None:
    read_often(source, time)
    stores.SHARED.delete_many([f"{part}:on-lease" for part in PARTS])
    time.now += leases.SECONDS
    source.read()
    changed_behind_its_back()
    assert source.read() == "new"
    assert leases.may_exist(PARTS)


def test_a_write_is_over_only_once_leases_have_ended(
    source: Source, time: Clock, slept: list[float]
) -> None:
    read_often(source, time)
    source.value = "new"
    generations.end([stores.SHARED], ["one"])
    assert slept == [leases.SECONDS]
    assert source.read() == "new"


def test_a_write_waits_for_no_leases_on_other_values(
    source: Source, time: Clock, slept: list[float]
) -> None:
    read_often(source, time)
    generations.end([stores.SHARED], ["another"])
    assert slept == []


def test_where_nobody_can_be_asked_a_write_waits(
    source: Source, time: Clock, slept: list[float], cache_down: None
) -> None:
    generations.end([], ["one"])
    assert slept == [leases.SECONDS]


def test_a_store_whose_writers_do_not_ask_for_leases_has_none(
    time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        found = leases.announcements(stores.LOCAL_MEMORY, "whole")
        leases.take(
            stores.LOCAL_MEMORY, "whole", "old", parts=PARTS, found=found, asked_at=time.now
        )
    assert leases.held(stores.LOCAL_MEMORY, "whole") is None


def test_no_more_leases_are_kept_than_there_is_room_for(
    source: Source, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_MOST_LEASES", 1)
    source.read()
    source.read()
    composition.read_composed("another", source.make)
    composition.read_composed("another", source.make)
    assert len(leases._LEASES) == 1
