"""Programs of the machine's own that some tests need."""

import os
import shutil

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
