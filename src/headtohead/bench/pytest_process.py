"""One process of pytest that runs a revision's benchmarks and leaves their times in a file."""

import json
import os
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from headtohead.bench.verdicts import Times
from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.host.cores import available_cores, server_cores, starting_on
from headtohead.protocol.isolation import REFUSED
from headtohead.revisions import Revision
from headtohead.revisions.git_command import without_repository
from headtohead.services.project_variables import instrumented

# Short, because there are many processes: what one gains by going on is less than another gives.
_SECONDS_EACH = "0.2"
_FEWEST_CALLS = "5"
# pytest's exit codes that leave times behind: all passed, some failed.
_WITH_TIMES = {0, 1}
_NOTHING_SELECTED = 5
_PATIENCE_SECONDS = 30


def run_benchmarks(
    revision: Revision,
    *,
    folder: Path,
    select: str | None,
    directory: Path,
    away: Mapping[str, str],
) -> Times:
    """The time of a call of every benchmark that passes, in a fresh process.

    It is the least that the process saw: whatever disturbs a call adds to it (Chen & Revels, 2016,
    "Robust benchmarking in noisy environments"). That processes differ all the same is for those
    who compare several to see.

    Args:
        revision: Whose benchmarks, run by its own interpreter.
        folder: Where they are, from the project's folder.
        select: Which, as pytest's ``-k`` takes it; None is all.
        directory: Receives pytest's report.
        away: Variables that keep it from what is somebody's.

    Raises:
        ConfigurationError: A benchmark would write into what the project's settings lead to.
        MeasurementError: pytest does not get as far as running them.
    """
    report = directory / "times.json"
    report.unlink(missing_ok=True)
    finished = run_pytest(
        revision,
        *(str(folder), "--benchmark-only", "--quiet", "-rfE"),
        *("--benchmark-min-rounds", _FEWEST_CALLS, "--benchmark-max-time", _SECONDS_EACH),
        *("--benchmark-json", str(report)),
        *(["-k", select] if select else []),
        away=away,
    )
    printed = finished.stdout + finished.stderr
    if away and REFUSED in printed:
        what = printed.partition(f"{REFUSED}: ")[2].partition("\n")[0]
        raise ConfigurationError(
            f"a benchmark at {revision.label} is refused {what}, which is the project's own",
            fix="let it use a database of tests (@pytest.mark.django_db), a cache in memory and "
            "folders of its own (tmp_path)",
        )
    if finished.returncode == _NOTHING_SELECTED or (
        finished.returncode in _WITH_TIMES and not report.exists()
    ):
        return {}
    if finished.returncode not in _WITH_TIMES:
        raise MeasurementError(
            f"pytest does not run {folder} at {revision.label} ({_last_line(finished)})",
            fix=f"fix what `pytest {folder} --benchmark-only` reports there",
        )
    return times_in(
        json.loads(report.read_text(encoding="utf-8")), without=failures_in(finished.stdout)
    )


def times_in(report: dict[str, Any], *, without: Collection[str]) -> Times:
    """Seconds of a call by name, from pytest-benchmark's report.

    Args:
        report: It has the times of those, too, that failed after their calls.
        without: The names of those that failed.
    """
    return {
        each["fullname"]: each["stats"]["min"]
        for each in report["benchmarks"]
        if each["fullname"] not in without
    }


def failures_in(printed: str) -> Collection[str]:
    """The names of what failed, from pytest's short summary."""
    return {
        line.partition(" ")[2].partition(" - ")[0]
        for line in printed.splitlines()
        if line.startswith(("FAILED ", "ERROR "))
    }


def _last_line(finished: "subprocess.CompletedProcess[str]") -> str:
    """The last thing that a process said."""
    lines = (finished.stderr.strip() or finished.stdout.strip()).splitlines()
    return lines[-1] if lines else "it says nothing"


def run_pytest(
    revision: Revision,
    *arguments: str,
    within: Sequence[str] = (),
    path: Path | None = None,
    away: Mapping[str, str],
) -> "subprocess.CompletedProcess[str]":
    """Run pytest in a revision's folder, on the cores that servers have otherwise.

    Args:
        revision: Whose pytest.
        arguments: Its arguments.
        within: The command, such as valgrind's, that is to run it.
        path: A folder whose modules it may import.
        away: Variables that keep it from what is somebody's.
    """
    # The order of sets and dictionaries of strings is not to be a matter of luck.
    variables = {**_environment(), **revision.environment.variables(), "PYTHONHASHSEED": "0"}
    if within:
        # Python's own allocator does more for each object while its pool is just full, which is a
        # matter of luck, too.
        variables["PYTHONMALLOC"] = "malloc"
    if path:
        variables["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(path), variables.get("PYTHONPATH")])
        )
    if away:
        variables = instrumented({**variables, **away})
    with starting_on(server_cores(available_cores())):
        process = subprocess.Popen(
            [*within, str(revision.environment.interpreter), "-m", "pytest", *arguments],
            cwd=revision.root,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    with process:
        try:
            out, errors = process.communicate()
        except BaseException:
            # It may have started servers, and stops them if it is given the time.
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE_SECONDS)
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def _environment() -> dict[str, str]:
    """This process' environment without what another pytest has put there for itself."""
    given = without_repository(os.environ)
    return {name: value for name, value in given.items() if not name.startswith("PYTEST_")}
