import pytest

from headtohead.protocol.own_ports import is_foreign


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:9464", "localhost:9464", "[::1]:9464", "10.0.0.1", "h2h:9464", ""],
)
def test_whoever_asks_by_an_address_or_a_name_of_ours_is_answered(host: str) -> None:
    assert not is_foreign(host=host, origin="")
    assert not is_foreign(host=host, origin=f"http://{host}")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("rebound.example:9464", ""),
        ("127.0.0.1.rebound.example:9464", ""),
        ("localhost.", ""),
        ("[::1", ""),
        ("127.0.0.1:9464", "https://site.example"),
        ("127.0.0.1:9464", "http://127.0.0.1:8000"),
        ("localhost:9464", "null"),
        ("localhost:9464", "http://[::1"),
    ],
)
def test_a_page_of_another_site_is_not(host: str, origin: str) -> None:
    assert is_foreign(host=host, origin=origin)
