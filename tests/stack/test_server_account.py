"""Root and ordinary users alike."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from headtohead.services.databases.postgresql_cluster import let_pass, let_read
from headtohead.stack.state import RunningStack
from tests.stack.stacks import PROJECT

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")

UP_AND_DOWN = """
import sys
from pathlib import Path
from headtohead.services.project_variables import ProjectVariable
from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings

settings = StackSettings(
    root=Path("project").resolve(),
    directory=Path(".h2h"),
    settings_module="shop.settings",
    wsgi="shop.wsgi:application",
    asgi="shop.asgi:application",
    gunicorn_config=None,
    variables=(
        ProjectVariable(name="DJANGO_SECRET_KEY", value="{secret}"),
        ProjectVariable(name="DJANGO_ALLOWED_HOSTS", value="localhost,127.0.0.1"),
    ),
)
print(lifecycle.up(settings, progress=print).rows, lifecycle.down(settings))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the account `nobody`, with the project in it."""
    nobody = pwd.getpwnam("nobody")
    home = Path(tempfile.mkdtemp(prefix="h2h-test-"))
    shutil.copytree(PROJECT, home / "project")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    yield home
    shutil.rmtree(home)


def as_nobody(code: str, *, home: Path) -> subprocess.CompletedProcess[str]:
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )


@needs_root
@pytest.mark.stack
def test_an_ordinary_user_has_a_stack(home: Path) -> None:
    try:
        as_nobody("import headtohead, psycopg2", home=home).check_returncode()
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("this Python environment is for root's eyes only")

    finished = as_nobody(UP_AND_DOWN, home=home)

    assert finished.stderr == ""
    assert finished.stdout.splitlines()[-1] == "2000 ('API', 'Valkey', 'PostgreSQL')"


@needs_root
@pytest.mark.stack
def test_root_lends_postgresql_an_account(running: RunningStack) -> None:
    server = psutil.Process(running.servers[0].pid)

    assert server.username() == "embedded_postgres"
    assert 0 not in {*server.uids(), *server.gids()}


def test_folders_may_be_passed_but_not_listed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    steps: list[str] = []

    let_pass(closed / "data", progress=steps.append)

    assert stat.S_IMODE(closed.stat().st_mode) == 0o701
    assert any(str(closed) in step for step in steps)


def test_programs_installed_with_a_strict_umask_become_readable(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir(mode=0o700)
    (programs / "postgres").touch(mode=0o700)
    (programs / "postgres.bki").touch(mode=0o600)

    let_read(programs)

    assert [
        stat.S_IMODE(path.stat().st_mode) for path in (programs, *sorted(programs.iterdir()))
    ] == [
        0o755,
        0o755,
        0o644,
    ]
