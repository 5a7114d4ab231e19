"""What the harness says to a project's processes arrives as it was said."""

from dataclasses import replace

from headtohead.protocol.isolation import Isolation
from headtohead.protocol.project_description import (
    CacheSettings,
    DatabaseSettings,
    ProjectDescription,
)

ISOLATION = Isolation(
    databases={"default": {"NAME": "shop", "PASSWORD": "hidden"}},
    caches={"default": {"LOCATION": "redis://:hidden@127.0.0.1:1/0"}},
    settings={"MEDIA_ROOT": "/made/media"},
    guarded=True,
    writable=("/made",),
    reachable=("127.0.0.1:1",),
)
DESCRIPTION = ProjectDescription(
    python="3.12.1",
    django="5.2",
    settings_module="shop.settings",
    databases={
        "default": DatabaseSettings(
            engine="django.db.backends.postgresql",
            vendor="postgresql",
            name="shop",
            host="db",
            port="5432",
            user="shop",
            password="hidden",
            mirrors="",
        )
    },
    caches={"default": CacheSettings(backend="x.Cache", kind="unknown", location="")},
    wsgi="shop.wsgi:application",
    asgi="",
    debug=True,
    media_root="/media",
    middleware=("a.B",),
    apps=("a",),
    ssl_redirect=False,
    throttled=True,
    allowed_hosts=("*",),
    commands=("seed",),
)


def test_an_isolation_is_read_as_it_was_written():
    assert Isolation.from_json(ISOLATION.to_json()) == ISOLATION


def test_a_description_is_found_behind_whatever_the_project_prints():
    printed = f"loading settings\n{DESCRIPTION.to_line()}\n"
    assert ProjectDescription.from_output(printed) == DESCRIPTION
    assert ProjectDescription.from_output("loading settings\n") is None


def test_nothing_secret_stands_in_what_is_shown():
    assert "hidden" not in repr(ISOLATION)
    assert "hidden" not in repr(DESCRIPTION)


def test_what_is_switched_off_is_named():
    assert [each.split()[0] for each in DESCRIPTION.switched_off()] == ["DEBUG", "Django"]
    others = replace(
        DESCRIPTION,
        debug=False,
        throttled=False,
        ssl_redirect=True,
        middleware=("debug_toolbar.middleware.DebugToolbarMiddleware",),
    )
    assert [each.split()[0] for each in others.switched_off()] == ["SECURE_SSL_REDIRECT", "the"]
