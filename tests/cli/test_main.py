"""How `python -m headtohead` ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# In the place of a command: an interrupt strikes in code that a string holds, while a thread is
# about as numpy's are, and is caught.
INTERRUPTED = """
import runpy, threading, time
import headtohead.cli
threading.Thread(target=time.sleep, args=(5,), daemon=True).start()

def main():
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        raise SystemExit(130)

headtohead.cli.main = main
runpy.run_module("headtohead", run_name="__main__")
"""


@pytest.mark.process
def test_an_interrupt_that_was_caught_ends_with_the_exit_code_and_not_with_a_signal(
    tmp_path: Path,
) -> None:
    (tmp_path / "command.py").write_text(INTERRUPTED)
    ended = subprocess.run(
        [sys.executable, "-m", "command"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert ended.returncode == 130
