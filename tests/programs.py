"""Programs of the machine's own that some tests need."""

import os
import shutil
import subprocess

import pytest


def required(program: str, *, package: str) -> str:
    """The program's path; skips the test where it is missing, or fails it where CI installs it."""
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not installed (Debian's package is {package})"
        if os.environ.get("H2H_REQUIRE_PROMETHEUS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def metrics_complaints(text: str) -> str:
    """What promtool has against metrics as a server exports them; empty where nothing."""
    promtool = required("promtool", package="prometheus")
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    return checked.stdout + checked.stderr
