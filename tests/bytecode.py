"""Compiled code is kept for the time of a session, also where Python may write none to the tree.

The suite starts hundreds of Python processes. With PYTHONDONTWRITEBYTECODE, which many containers
set, each would compile anew what it imports, which takes longer than most of what it is started
for. So they share a folder outside the tree, which goes when the session ends.
"""

import os
import shutil
import sys
import tempfile

import pytest

FOLDER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Say it to what the session starts, pytest-xdist's processes among it."""
    if not sys.dont_write_bytecode or hasattr(config, "workerinput"):
        return
    config.stash[FOLDER] = tempfile.mkdtemp(prefix="headtohead-bytecode-")
    os.environ["PYTHONPYCACHEPREFIX"] = config.stash[FOLDER]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder."""
    if folder := config.stash.get(FOLDER, None):
        # A process that was just told to end may still write to it.
        shutil.rmtree(folder, ignore_errors=True)
