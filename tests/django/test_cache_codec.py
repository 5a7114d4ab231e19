"""What is cached comes back as it was, and what anybody else put there runs nothing."""

import base64
import pickle
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import wraps

import pymemcache
import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from app.caching.codec import MessagePackCodec
from headtohead.django.cache_codec import UNREADABLE, Codec, without_pickle

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


class Opened:
    """A pickle of it would be noticed."""

    ran = False

    def __reduce__(self) -> tuple[object, ...]:
        return setattr, (Opened, "ran", True)


both = pytest.mark.parametrize("codec", [Codec(), MessagePackCodec()], ids=["json", "msgpack"])


@both
@given(value=plain)
def test_plain_data_come_back_with_their_types(codec: Codec, value: object) -> None:
    back = codec.loads(codec.dumps(value))
    assert (back, type(back)) == (value, type(value))


@both
def test_tuples_come_back_as_lists(codec: Codec) -> None:
    elsewhere = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
    there = (1, (Decimal("1.50"), elsewhere))
    assert codec.loads(codec.dumps(there)) == [1, [Decimal("1.50"), elsewhere]]


@both
@pytest.mark.parametrize("value", [object(), {1, 2}, [Opened()]])
def test_what_is_no_plain_data_is_refused(codec: Codec, value: object) -> None:
    with pytest.raises(TypeError, match="only plain data"):
        codec.dumps(value)


@both
@given(data=st.binary())
def test_bytes_of_others_do_no_harm(codec: Codec, data: bytes) -> None:
    codec.loads(data)


@both
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"xx",
        b"9" * 10_000,
        b"\x91" * 100_000,
        b"[" * 100_000,
        b'[{"$decimal":"x"}]',
        b"[1,2]",
        b"\xc7\x01\x01x",
        b"\xc7\x01\x02x",
        *(pickle.dumps(Opened(), protocol) for protocol in range(2, 6)),
    ],
)
def test_what_cannot_be_read_is_told_apart_and_not_run(codec: Codec, data: bytes) -> None:
    assert codec.loads(data) is UNREADABLE
    assert not Opened.ran


@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["default", "database", "memcached"])
def test_a_value_that_cannot_be_read_is_a_miss(settings: Settings, alias: str) -> None:
    if alias not in settings.CACHES:
        pytest.skip("memcached is not installed: sudo apt-get install memcached")
    cache, bad = caches[alias], pickle.dumps(Opened())
    cache.set_many({"good": [Decimal("1.5")], "bad": "value"})
    key = cache.make_key("bad")
    if alias == "database":
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE catalog_cache SET value = %s WHERE cache_key = %s",
                [base64.b64encode(bad).decode(), key],
            )
    elif alias == "memcached":
        with closing(pymemcache.Client(cache._servers[0])) as client:
            client.set(key, bad)
    else:
        cache._cache.get_client().set(key, bad)
    assert cache.get_many(["good", "bad"]) == {"good": [Decimal("1.5")]}
    assert cache.get("bad", "default") == "default"
    assert not Opened.ran


@pytest.mark.django_db
@pytest.mark.parametrize("alias", ["default", "local-memory", "memcached"])
def test_numbers_can_be_counted_up(settings: Settings, alias: str) -> None:
    if alias not in settings.CACHES:
        pytest.skip("memcached is not installed: sudo apt-get install memcached")
    caches[alias].set("number", 9)
    assert caches[alias].incr("number", 3) == 12
    assert caches[alias].get("number") == 12


def test_methods_of_django_that_are_watched_already_do_without_pickle_too() -> None:
    class Watched(BaseCache):
        def get(self, key: str) -> bytes:
            return pickle.dumps(key)

    plain = Watched.get

    @wraps(plain)
    def counted(self: Watched, key: str) -> bytes:
        return plain(self, key)

    Watched.get = counted

    @without_pickle
    class Plain(Watched):
        pass

    assert Plain({}).get("key") == Codec().dumps("key") != Watched({}).get("key")
