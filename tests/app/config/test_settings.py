"""Each test starts Django again, because settings are read once for a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "DJANGO_SETTINGS_MODULE": "app.config.settings",
    "DJANGO_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
    "JWT_SIGNING_KEY": "fedcba9876543210fedcba9876543210",
    "DATABASE_URL": "postgresql:///unused",
    "CACHE_URL": "redis://unused",
}


def django(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def python(code: str, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def setting(name: str, **environment: str) -> str:
    return python(f"from django.conf import settings; print(settings.{name})", **environment)


def test_behind_https_the_deployment_check_finds_nothing() -> None:
    run = django("check", "--deploy", "--fail-level", "WARNING", DJANGO_HTTPS="on")
    assert run.returncode == 0, run.stderr


def test_on_plain_http_the_deployment_check_finds_only_what_https_would_bring() -> None:
    run = django("check", "--deploy", "--fail-level", "ERROR")
    found = {word.strip("()?:") for word in run.stderr.split() if "security.W" in word}
    assert run.returncode == 0
    assert found == {"security.W004", "security.W008", "security.W012", "security.W016"}


@pytest.mark.parametrize(
    "name", ["DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "CACHE_URL"]
)
def test_a_missing_variable_is_named(name: str) -> None:
    environment = {key: value for key, value in ENVIRONMENT.items() if key != name}
    run = subprocess.run(
        [sys.executable, "-c", "import app.config.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"Set the {name} environment variable" in run.stderr


@pytest.mark.parametrize("key", ["too short", ENVIRONMENT["DJANGO_SECRET_KEY"]])
def test_a_signing_key_that_is_short_or_not_its_own_is_refused_in_one_line(key: str) -> None:
    run = django("check", JWT_SIGNING_KEY=key)
    assert run.returncode == 1
    assert "Set the JWT_SIGNING_KEY environment variable to a secret" in run.stderr.splitlines()[-1]
    assert key not in run.stderr


def test_tokens_are_signed_with_their_own_key_by_one_algorithm() -> None:
    code = """
from django.conf import settings
from rest_framework_simplejwt.state import token_backend
print(token_backend.signing_key == settings.JWT_SIGNING_KEY, token_backend.algorithm)
"""
    assert python(f"import django; django.setup(){code}") == "True HS256"


def test_no_proxy_is_trusted_and_no_account_is_seeded_unless_asked_for() -> None:
    assert setting("REST_FRAMEWORK['NUM_PROXIES']") == "0"
    assert setting("REST_FRAMEWORK['NUM_PROXIES']", DJANGO_NUM_PROXIES="2") == "2"
    assert setting("DEMO_PASSWORD") == ""


def test_debug_and_experiments_are_off_and_nobody_is_authorised_unless_asked_for() -> None:
    assert setting("DEBUG") == "False"
    assert setting("HEADTOHEAD") == str(
        {"EXPERIMENTS": False, "TOKEN": "", "PACKAGE": "app.experiments"}
    )


def test_hosts_are_those_of_this_machine_unless_named() -> None:
    assert setting("ALLOWED_HOSTS") == "['localhost', '127.0.0.1', '[::1]']"
    assert setting("ALLOWED_HOSTS", DJANGO_ALLOWED_HOSTS="a.example,b.example") == (
        "['a.example', 'b.example']"
    )


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("postgresql://ada:p%40ss@db:5433/shop", {"host": "db", "port": 5433, "password": "p@ss"}),
        ("postgresql://ada:@/shop?host=/run/database", {"host": "/run/database"}),
    ],
)
def test_the_database_is_reached_by_tcp_or_by_a_socket(url: str, where: dict[str, object]) -> None:
    code = f"""
from django.db import connection
parameters = connection.get_connection_params()
print({{name: parameters.get(name) for name in {list(where)}}} == {where})
print(parameters["user"], parameters["dbname"], connection.settings_dict["CONN_MAX_AGE"])
"""
    assert python(code, DATABASE_URL=url) == "True\nada shop None"


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run")


def test_an_access_token_lasts_five_minutes_unless_told_otherwise() -> None:
    name = "SIMPLE_JWT['ACCESS_TOKEN_LIFETIME']"
    assert setting(name) == "0:05:00"
    assert setting(name, JWT_ACCESS_SECONDS="2") == "0:00:02"


def test_a_file_of_variables_is_looked_for_beside_the_command_that_manages_the_project():
    told = python("from app.config.settings.environment import BASE_DIR; print(BASE_DIR)")
    assert (Path(told.strip()) / "manage.py").is_file()


def test_only_servers_give_statements_up() -> None:
    code = """
from django.db import connection
print({"connect_timeout", "connection_factory"} <= connection.get_connection_params().keys())
"""
    assert python(code) == "False"
    assert python(f"import app.config.wsgi{code}") == "True"
    assert python(f"import app.config.asgi{code}") == "True"
