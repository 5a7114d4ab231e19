"""The client of Valkey, which lasts; what it is asked, other tests look at."""

from django.core.cache import caches

from app.config.caching import ValkeyCache


def test_one_client_serves_all_commands_of_a_thread(servers: None) -> None:
    cache = caches["default"]
    assert isinstance(cache, ValkeyCache)
    assert cache._cache.get_client() is cache._cache.get_client(write=True)
    cache.set("here", 1)
    assert cache.get_many(["here", "gone"]) == {"here": 1}
    cache.delete("here")


def test_each_server_has_a_client_of_its_own() -> None:
    cache = ValkeyCache("redis://127.0.0.1:1/0;redis://127.0.0.1:2/0", {})
    # Writes go to the first, reads to any other.
    assert cache._cache.get_client(write=True) is not cache._cache.get_client(write=False)
