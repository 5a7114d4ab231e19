"""Which paths a project's URLconf leads GET requests to."""

from pathlib import Path

import pytest

from headtohead.protocol.project_description import ProjectRoutes
from tests.django.test_description import MANAGE, answered

SETTINGS = """
SECRET_KEY = "x"
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop", "django.contrib.admin", "django.contrib.auth",
                  "django.contrib.contenttypes", "django.contrib.messages"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
"""
URLS = """
from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.views import View
from django.views.static import serve

assert apps.ready

def page(request):
    return HttpResponse()

def other(request):
    return HttpResponse()

class Posted(View):
    def post(self, request):
        return HttpResponse()

class Read(View):
    def get(self, request):
        return HttpResponse()

def view_set(**actions):  # as Django REST framework marks one
    def view(request):
        return HttpResponse()
    view.actions = actions
    return view

below = [
    path("", page), path("read/", Read.as_view()), path("posted/", Posted.as_view()),
    path("<int:pk>/", page), re_path(r"^old/?$", page), re_path(r"^(?P<year>[0-9]+)/$", page),
    path("made/", view_set(post="create")), path("listed/", view_set(get="list")),
]
urlpatterns = [
    path("", page), path("things/", include((below, "things"))), path("a b/", page),
    path("things/read/", other), path("admin/", admin.site.urls), path("metrics", page),
    path("media/<path:path>", serve), path("log-out/", page), path("accounts/SignOut/", page),
    path("admins/", page), path("catalog/out/", page),
    *i18n_patterns(path("said/", page)),
]
"""


@pytest.fixture
def routes(tmp_path: Path) -> ProjectRoutes:
    package = tmp_path / "apps" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "settings.py").write_text(SETTINGS)
    (package / "urls.py").write_text(URLS)
    (tmp_path / "manage.py").write_text(MANAGE)
    found = ProjectRoutes.from_output(answered("routes", tmp_path))
    assert found is not None
    return found


@pytest.mark.process
def test_paths_without_parameters_are_told_that_take_get_and_are_for_users(routes):
    assert routes.paths == (
        *("/", "/things/", "/things/read/", "/things/old", "/things/listed/", "/a%20b/"),
        *("/admins/", "/catalog/out/", "/en-us/said/"),
    )
    assert routes.with_parameters == 2
    # The admin has many of its own, of which some have parameters.
    assert routes.set_aside > 10


def test_a_process_that_says_nothing_has_no_answer():
    assert ProjectRoutes.from_output("Traceback") is None
