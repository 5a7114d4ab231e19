import pytest

from headtohead.errors import ConfigurationError
from headtohead.services.server_urls import CACHE, DATABASE, ServerKind, checked_address


@pytest.mark.parametrize(
    ("url", "kind", "address"),
    [
        ("postgresql://me:secret@db.example:6543/shop", DATABASE, "db.example:6543"),
        ("postgres://db.example/shop?sslmode=require", DATABASE, "db.example:5432"),
        ("postgresql://me@/shop?host=/run/postgresql", DATABASE, "/run/postgresql"),
        ("postgresql://me:p%40ss@[::1]/shop", DATABASE, "[::1]:5432"),
        ("redis://cache.example", CACHE, "cache.example:6379"),
        ("rediss://:secret@cache.example:7000/2", CACHE, "cache.example:7000"),
        ("unix:///run/valkey.sock?db=1", CACHE, "/run/valkey.sock"),
    ],
)
def test_an_address_is_told_without_secrets(url: str, kind: ServerKind, address: str) -> None:
    assert checked_address(url, kind=kind) == address


@pytest.mark.parametrize(
    ("url", "kind", "reason"),
    [
        ("hunter2", DATABASE, "does not begin with postgresql://"),
        ("mysql://me:hunter2@db.example/shop", DATABASE, "does not begin with postgresql://"),
        ("postgresql://me:hunter2@db.example", DATABASE, "names no database"),
        ("postgresql://me:hunter2@db.example:port/shop", DATABASE, "host or port"),
        ("postgresql://me:hunter2@db.example:99999/shop", DATABASE, "host or port"),
        ("postgresql://me:hunter2#@db.example/shop", DATABASE, "host or port"),
        ("postgresql://me:hunter2[@db.example/shop", DATABASE, "host or port"),
        ("postgresql://me:hunter2%@db.example/shop", DATABASE, "two hexadecimal digits"),
        ("postgresql://db.example/shop#hunter2", DATABASE, "%23"),
        ("http://:hunter2@cache.example", CACHE, "does not begin with redis://"),
        ("unix:hunter2", CACHE, "does not begin with redis://"),
    ],
)
def test_a_malformed_url_is_refused_without_repeating_it(
    url: str, kind: ServerKind, reason: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_address(url, kind=kind)

    assert f"{kind.variable} is malformed" in caught.value.problem
    assert reason in caught.value.problem
    assert kind.example in caught.value.fix
    assert "hunter2" not in str(caught.value)
