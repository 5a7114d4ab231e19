"""What cannot come up says why in one line, names the fix, and leaves nothing."""

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headtohead.errors import HeadToHeadError, StackError
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from tests.processes import processes_of
from tests.stack.stacks import ignore, settings_in

pytestmark = pytest.mark.stack


def failure_of(settings: StackSettings) -> str:
    with pytest.raises(HeadToHeadError) as caught:
        lifecycle.up(settings, progress=ignore)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "telling", "fix"),
    [
        (
            {"wsgi": "shop.broken:application"},
            "the API does not start: RuntimeError: the shop is closed",
            "logs/api.log",
        ),
        (
            {"wsgi": "shop.lacking:application"},
            "No module named 'a_package_nobody_has'",
            "pip install '.[app]'",
        ),
        (
            {"wsgi": "shop.absent:application"},
            "No module named 'shop.absent'",
            "check `settings` and `wsgi`",
        ),
        (
            {"wsgi": "shop.wsgi:nothing"},
            "Failed to find attribute 'nothing' in 'shop.wsgi'",
            "logs/api.log",
        ),
        (
            {"settings_module": "shop.absent"},
            "`migrate` fails: ModuleNotFoundError: No module named 'shop.absent'",
            "check `settings` and `wsgi`",
        ),
        ({"gunicorn_config": "absent.py"}, "No such file or directory", "logs/api.log"),
        ({"root": Path("/nonexistent")}, "No such file or directory", "fix that"),
    ],
)
def test_a_project_that_does_not_start(
    settings: StackSettings, changes: dict[str, Any], telling: str, fix: str
) -> None:
    failure = failure_of(replace(settings, **changes))

    assert telling in failure
    assert fix in failure
    assert processes_of(settings.directory) == []
    assert lifecycle.status(settings) is None


def test_a_project_without_health_page(settings: StackSettings) -> None:
    failure = failure_of(replace(settings, wsgi="shop.unhealthy:application"))

    assert "GET /health/ gets 404 nothing here" in failure
    assert processes_of(settings.directory) == []


def test_a_taken_port_spares_the_stack_that_is_up(
    running: RunningStack, settings: StackSettings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failure = failure_of(replace(settings, port=port))

    assert f"port {port} is taken by" in failure
    assert "--port" in failure
    assert lifecycle.status(settings) == running


def test_an_unreachable_database(directory: Path) -> None:
    failure = failure_of(
        settings_in(directory, database_url="postgresql://me:hunter2@127.0.0.1:1/shop")
    )

    assert "PostgreSQL at 127.0.0.1:1 cannot be used (Connection refused)" in failure
    assert "unset it to use the embedded server" in failure
    assert "hunter2" not in failure


def test_an_unreachable_cache(directory: Path) -> None:
    failure = failure_of(settings_in(directory, cache_url="redis://:hunter2@127.0.0.1:1/0"))

    assert "Valkey or Redis at 127.0.0.1:1 cannot be used" in failure
    assert "hunter2" not in failure


def test_a_wrong_password(running: RunningStack, directory: Path) -> None:
    address = running.servers[1].address
    failure = failure_of(settings_in(directory, cache_url=f"redis://:hunter2@{address}/0"))

    assert address in failure
    assert "invalid username-password pair" in failure
    assert "hunter2" not in failure


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = settings_in(tmp_path / "file" / ".h2h")

    with pytest.raises(StackError, match="cannot be used.*Not a directory"):
        lifecycle.up(settings, progress=ignore)
