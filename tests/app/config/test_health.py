import pytest
from django.db import connection
from rest_framework.test import APIClient


@pytest.mark.django_db
def test_it_is_ok_while_database_and_cache_answer(api: APIClient) -> None:
    response = api.get("/health/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_it_names_the_cache_when_that_is_down(api: APIClient, cache_down: None) -> None:
    response = api.get("/health/")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "failing": ["cache"]}


@pytest.mark.django_db(transaction=True)
def test_it_names_the_database_when_that_is_down(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    with monkeypatch.context() as elsewhere:
        elsewhere.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        elsewhere.setitem(connection.settings_dict, "PORT", "1")
        elsewhere.setitem(connection.settings_dict, "OPTIONS", {})
        response = api.get("/health/")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "failing": ["database"]}
