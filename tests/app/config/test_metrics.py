import pytest
from rest_framework.test import APIClient


@pytest.mark.django_db
def test_prometheus_finds_both_kinds_of_metrics(api: APIClient) -> None:
    api.get("/api/tags/")
    page = api.get("/metrics").content.decode()
    labels = 'experiment="none",route="api/tags/",variant="none"'
    assert f"headtohead_request_duration_seconds_count{{{labels}}}" in page
    assert 'view="tag-list"' in page
