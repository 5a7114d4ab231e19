"""What the harness says to a project's processes arrives as it was said."""

from dataclasses import replace

import pytest

from headtohead.protocol.isolation import Isolation, stray_client
from headtohead.protocol.project_description import (
    CacheSettings,
    ProjectDescription,
)
from tests.init.samples import DESCRIPTION

ISOLATION = Isolation(
    databases={"default": {"NAME": "shop", "PASSWORD": "hidden"}},
    caches={"default": {"LOCATION": "redis://:hidden@127.0.0.1:1/0"}},
    settings={"MEDIA_ROOT": "/made/media"},
    guarded=True,
    writable=("/made",),
    reachable=("127.0.0.1:1",),
    forbidden=("/precious",),
)
DESCRIBED = replace(
    DESCRIPTION,
    caches={"default": CacheSettings(backend="x.Cache", kind="unknown", location="")},
    debug=True,
    throttled=True,
    middleware=("a.B",),
    apps=("a",),
    allowed_hosts=("*",),
    commands=("seed",),
    servers=("uvicorn",),
)


def test_an_isolation_is_read_as_it_was_written():
    assert Isolation.from_json(ISOLATION.to_json()) == ISOLATION


@pytest.mark.parametrize(
    ("command", "stray"),
    [
        (["psql", "precious"], "psql"),
        (["/usr/bin/psql", "--dbname=made_before"], "psql"),
        (["sh", "-c", "cd x && redis-cli FLUSHALL"], "redis-cli"),
        (["sh", "-c", "psql $OTHER_URL <rows.sql"], "psql"),
        (["psql", "-d", "made"], ""),
        (["sh", "-c", 'psql "$DATABASE_URL" <rows.sql'], ""),
        (["redis-cli", "-p", "6399", "PING"], ""),
        (["cat", "psql"], ""),
        (["make", "demo"], ""),
    ],
)
def test_a_client_is_astray_unless_it_asks_what_h2h_made(command, stray):
    isolation = Isolation(databases={"default": {"NAME": "made"}}, reachable=("127.0.0.1:6399",))
    urls = {"DATABASE_URL": "postgresql:///made?host=/x", "OTHER_URL": "postgresql:///precious"}
    assert stray_client(command, environment=urls, own=isolation.own_words()) == stray


def test_a_description_is_found_behind_whatever_the_project_prints():
    printed = f"loading settings\n{DESCRIBED.to_line()}\n"
    assert ProjectDescription.from_output(printed) == DESCRIBED
    assert ProjectDescription.from_output("loading settings\n") is None


def test_nothing_secret_stands_in_what_is_shown():
    assert "hidden" not in repr(ISOLATION)
    assert "hidden" not in repr(DESCRIBED)


def test_what_is_switched_off_is_named():
    assert [each.split()[0] for each in DESCRIBED.switched_off()] == ["DEBUG", "Django"]
    others = replace(
        DESCRIBED,
        debug=False,
        throttled=False,
        ssl_redirect=True,
        middleware=("debug_toolbar.middleware.DebugToolbarMiddleware",),
    )
    assert [each.split()[0] for each in others.switched_off()] == ["SECURE_SSL_REDIRECT", "the"]
