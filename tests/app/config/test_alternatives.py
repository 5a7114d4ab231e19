"""What experiments exchange in the settings; each test starts Django again."""

import pytest

from tests.app.config.test_settings import django, python, setting

OURS = "MeasurementMiddleware"


def watching(observer: str) -> set[str]:
    """The observers among the middleware that a server has with this one chosen."""
    middleware = setting("MIDDLEWARE", **({"OBSERVER": observer} if observer else {}))
    known = (OURS, "django_prometheus.middleware", "silk.middleware")
    return {each for each in known if each in middleware}


@pytest.mark.parametrize(
    ("observer", "found"),
    [
        ("", {OURS}),
        ("lean", {OURS}),
        ("bare", set()),
        ("django-prometheus", {"django_prometheus.middleware"}),
        ("silk", {"silk.middleware"}),
    ],
)
def test_a_request_is_watched_by_whom_is_chosen_alone(observer: str, found: set[str]) -> None:
    assert watching(observer) == found


def test_the_rest_of_the_middleware_stays() -> None:
    bare = setting("MIDDLEWARE", OBSERVER="bare")
    assert (
        setting("MIDDLEWARE", OBSERVER="silk").replace("'silk.middleware.SilkyMiddleware', ", "")
        == bare
    )


@pytest.mark.parametrize(
    ("connections", "age", "engine"),
    [
        ("persistent", "None", "django_prometheus.db.backends.postgresql"),
        ("health-checked", "None", "django_prometheus.db.backends.postgresql"),
        ("new", "0", "django_prometheus.db.backends.postgresql"),
        ("pooled", "0", "dj_db_conn_pool.backends.postgresql"),
    ],
)
def test_connections_are_kept_as_is_chosen(connections: str, age: str, engine: str) -> None:
    given = {"DATABASE_CONNECTIONS": connections}
    assert setting("DATABASES['default']['CONN_MAX_AGE']", **given) == age
    assert setting("DATABASES['default']['ENGINE']", **given) == engine


@pytest.mark.parametrize("variable", ["OBSERVER", "DATABASE_CONNECTIONS"])
def test_what_there_is_not_is_refused_in_one_line(variable: str) -> None:
    run = django("check", **{variable: "everything"})
    assert run.returncode == 1
    assert f"Set the {variable} environment variable to one of" in run.stderr.splitlines()[-1]


@pytest.mark.parametrize(("experiments", "installed"), [("off", False), ("on", True)])
def test_silk_is_there_only_where_experiments_are(experiments: str, installed: bool) -> None:
    assert ("'silk'" in setting("INSTALLED_APPS", H2H_SERVE_EXPERIMENTS=experiments)) is installed


@pytest.mark.stack
@pytest.mark.parametrize(
    ("connections", "kept"), [("new", False), ("persistent", True), ("pooled", True)]
)
def test_the_next_request_finds_the_connection_unless_each_has_its_own(
    database_url: str, connections: str, kept: bool
) -> None:
    code = """
import django
django.setup()
from django.db import close_old_connections, connection

def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (found,) = cursor.fetchone()
    close_old_connections()  # as at the end of a request
    return found

print(backend() == backend())
"""
    given = {"DATABASE_URL": database_url, "DATABASE_CONNECTIONS": connections}
    assert python(code, **given) == str(kept)
