"""How many instructions a call of each benchmark takes, as callgrind counts them.

Counts do not depend on what else the machine does, and hardly differ between two processes: they
show small changes that times cannot. But an instruction may take a nanosecond or hundreds, and what
a server does for the benchmark is not among them. So they advise, and no verdict follows from them.
"""

import platform
import re
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from headtohead.bench.pytest_process import failures_in, run_pytest
from headtohead.revisions import Revision

# Instructions of a call by the benchmark's name.
Instructions = Mapping[str, int]

_PLUGIN = Path(__file__).with_name("callgrind_plugin.py")
_TRIGGER = re.compile(r"^desc: Trigger: Client Request: (.*)$", re.MULTILINE)
_TOTAL = re.compile(r"^totals: (\d+)$", re.MULTILINE)


def can_count() -> bool:
    """Whether valgrind is here, on the kind of processor that the plugin can ask it on."""
    return shutil.which("valgrind") is not None and platform.machine() == "x86_64"


def count_instructions(
    revision: Revision,
    *,
    folder: Path,
    select: str | None,
    directory: Path,
    away: Mapping[str, str],
) -> Instructions:
    """The instructions of a call of every benchmark that passes; none where valgrind gives up.

    Args:
        revision: Whose benchmarks, run by its own interpreter.
        folder: Where they are, from the project's folder.
        select: Which, as pytest's ``-k`` takes it; None is all.
        directory: Receives callgrind's dumps, and is without them afterwards.
        away: Variables that keep it from what is somebody's.
    """
    dumps = directory / "callgrind"
    dumps.mkdir()
    try:
        # Alone in its folder, because what lies beside it is not to be imported by its bare name.
        shutil.copy(_PLUGIN, dumps / "headtohead_callgrind.py")
        finished = run_pytest(
            revision,
            *(str(folder), "--benchmark-disable", "--quiet", "-rfE", "-p", "headtohead_callgrind"),
            *(["-k", select] if select else []),
            within=(
                *("valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no"),
                f"--callgrind-out-file={dumps / 'dump'}",
            ),
            path=dumps,
            away=away,
        )
        return instructions_in(
            [dump.read_text(encoding="utf-8") for dump in dumps.glob("dump.*")],
            without=failures_in(finished.stdout),
        )
    finally:
        shutil.rmtree(dumps)


def instructions_in(dumps: Collection[str], *, without: Collection[str]) -> Instructions:
    """Instructions by name, from callgrind's dumps.

    Args:
        dumps: Their texts.
        without: The names of those that failed.
    """
    return {
        trigger[1]: int(total[1])
        for dump in dumps
        # The last dump, of what came after all benchmarks, has another trigger.
        if (trigger := _TRIGGER.search(dump)) and (total := _TOTAL.search(dump))
        if trigger[1] not in without
    }
