from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from headtohead.stack import lifecycle
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack
from tests.processes import processes_of
from tests.stack.stacks import ignore, settings_in


@contextmanager
def temporary_stack() -> Iterator[Path]:
    """The folder of a stack that is stopped and removed in the end.

    It is not among pytest's: PostgreSQL's account has to pass through every folder above its
    data, and pytest closes its own to others whenever another session begins.
    """
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        directory = Path(folder).resolve() / ".h2h"
        yield directory
        lifecycle.down(settings_in(directory))
        assert processes_of(directory) == []


@pytest.fixture(scope="session")
def settings() -> Iterator[StackSettings]:
    """A stack that tests share, and its database, which is made once."""
    with temporary_stack() as directory:
        yield settings_in(directory)


@pytest.fixture
def running(settings: StackSettings) -> RunningStack:
    """That stack, up as its settings say, whatever a test did to it before."""
    return lifecycle.up(settings, progress=ignore)


@pytest.fixture
def directory() -> Iterator[Path]:
    """The folder of a stack that is this test's alone."""
    with temporary_stack() as directory:
        yield directory
