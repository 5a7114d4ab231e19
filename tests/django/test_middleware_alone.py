"""The server's side works from a folder on PYTHONPATH, with Django and nothing else."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Django, and what comes with it.
PACKAGES = ("django", "asgiref", "sqlparse")
SERVE = """
from django.conf import settings
settings.configure(
    ROOT_URLCONF="urls",
    MIDDLEWARE=["headtohead.django.middleware.MeasurementMiddleware"],
    HEADTOHEAD={"TOKEN": "secret"},
)
import django
django.setup()
from django.test import Client
response = Client().get("/", headers={"HeadToHead-Token": "secret"})
print(response.status_code, "total;dur=" in response["Server-Timing"])
"""
URLS = """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse())]
"""


@pytest.mark.process
def test_the_middleware_needs_django_alone(tmp_path: Path) -> None:
    for package in PACKAGES:
        found = find_spec(package)
        assert found is not None
        assert found.origin is not None
        (tmp_path / package).symlink_to(Path(found.origin).parent)
    (tmp_path / "headtohead").symlink_to(ROOT / "src" / "headtohead")
    (tmp_path / "urls.py").write_text(URLS, encoding="utf-8")
    # Without the packages of this environment.
    served = subprocess.run(
        [sys.executable, "-S", "-c", SERVE],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert served.stdout == "200 True\n", served.stderr
