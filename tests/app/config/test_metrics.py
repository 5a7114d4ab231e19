import pytest
from rest_framework.test import APIClient


@pytest.mark.django_db
def test_prometheus_finds_both_kinds_of_metrics(api: APIClient) -> None:
    api.get("/api/tags/")
    page = api.get("/metrics").content.decode()
    assert 'headtohead_request_duration_seconds_count{experiment="none",variant="none"}' in page
    assert 'view="tag-list"' in page
