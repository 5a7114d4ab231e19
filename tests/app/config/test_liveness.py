from django.test import Client


def test_it_is_alive_whatever_else_is_not(cache_down: None) -> None:
    response = Client().get("/alive/")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
