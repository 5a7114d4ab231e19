"""How much memory the processes of a server take to do something."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from headtohead.errors import MeasurementError

# What Linux calls the most memory that a process has held at once since that was last reset.
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_RESET = "5"


def peak_growth(processes: Sequence[int], job: Callable[[], object]) -> int:
    """Carry out a job; the largest peak-memory increase of a process, in bytes.

    Args:
        processes: Ids of the processes to watch, at least one.
        job: What has them do something.

    Raises:
        MeasurementError: There is no process to watch, or its memory cannot be read.
    """
    if not processes:
        raise MeasurementError(
            "no process of the server can be watched", fix="audit a server of the local stack"
        )
    before = {process: _reset_peak(process) for process in processes}
    job()
    return max(_peak(process) - held for process, held in before.items())


def _reset_peak(process: int) -> int:
    """Have the peak begin again at what the process holds now, and say what that is."""
    try:
        Path(f"/proc/{process}/clear_refs").write_text(_RESET, encoding="ascii")
    except OSError as error:
        raise _unreadable(process, str(error.strerror)) from error
    return _peak(process)


def _peak(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(process, str(error.strerror)) from error
    found = _PEAK.search(status)
    if found is None:
        raise _unreadable(process, "it has ended")
    return int(found[1]) * 1024


def _unreadable(process: int, reason: str) -> MeasurementError:
    return MeasurementError(
        f"the peak memory of process {process} cannot be read ({reason})",
        fix="audit on Linux, as the user who runs the server, and let its workers live",
    )
