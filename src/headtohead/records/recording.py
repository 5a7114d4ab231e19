"""The folder of a run: complete under its name, or not there at all."""

import csv
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import StringIO
from itertools import count
from pathlib import Path

from headtohead.errors import ConfigurationError
from headtohead.host.files import held, write_whole
from headtohead.host.interrupts import uninterrupted

LATEST = "latest"

# What a run that is not finished has in the results folder.
_HIDDEN = re.compile(r"\.(\d{8}T\d{6}Z(?:-\d+)?)\.(?:lock|partial)")


@contextmanager
def run_directory(
    started_at: datetime,
    *,
    results: Path,
    latest: str = LATEST,
    note: Callable[[str], None] = lambda _: None,
) -> Iterator[tuple[str, Path]]:
    """A folder to write a run into, which gets its name when the block ends without an error.

    `latest` in `results` then points at it. After an error, or Ctrl-C, nothing is left of it, and
    what a killed process left is removed by the next run.

    Yields:
        The name, which sorts by time and which no run before or beside it has, and the folder.

    Raises:
        ConfigurationError: The results folder cannot be written to, or has something of the user's
            in place of the link.
    """
    if (results / latest).exists() and not (results / latest).is_symlink():
        raise ConfigurationError(
            f"{results / latest} is not the link that h2h makes there",
            fix="move it, or name another folder with --results",
        )
    with ExitStack() as stack:
        try:
            results.mkdir(parents=True, exist_ok=True)
            for name in _remove_abandoned(results):
                note(f"removed what a killed run left of {results.name}/{name}")
            run_id = stack.enter_context(_own_id(started_at, results=results))
            partial = _partial(run_id, results=results)
            partial.mkdir()
        except OSError as error:
            raise ConfigurationError(
                f"results folder {results} cannot be written to ({error.strerror})",
                fix="make it writable, or name another with --results",
            ) from error
        try:
            yield run_id, partial
            partial.rename(results / run_id)
            partial.symlink_to(run_id, target_is_directory=True)
            partial.rename(results / latest)
        finally:
            with uninterrupted():
                shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _own_id(started_at: datetime, *, results: Path) -> Iterator[str]:
    """A run's name, which is this process' alone within the block."""
    stamp = started_at.strftime("%Y%m%dT%H%M%SZ")
    for number in count(1):
        run_id = stamp if number == 1 else f"{stamp}-{number}"
        with _claimed(run_id, results=results) as claimed:
            if claimed and not (results / run_id).exists():
                yield run_id
                return


@contextmanager
def _claimed(run_id: str, *, results: Path) -> Iterator[bool]:
    """Whether the name is this process' alone within the block, and not that of another's run."""
    lock = results / f".{run_id}.lock"
    with ExitStack() as stack:
        try:
            stack.enter_context(held(lock, wait=False))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            lock.unlink(missing_ok=True)


def _partial(run_id: str, *, results: Path) -> Path:
    return results / f".{run_id}.partial"


def _remove_abandoned(results: Path) -> Iterator[str]:
    """Remove what killed processes left, which is that whose name nobody holds; yields names."""
    for name in {match[1] for path in results.iterdir() if (match := _HIDDEN.fullmatch(path.name))}:
        with _claimed(name, results=results) as claimed:
            if claimed:
                partial = _partial(name, results=results)
                if partial.is_symlink():
                    partial.unlink()
                shutil.rmtree(partial, ignore_errors=True)
                yield name


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file into a folder of its kind, which is made."""
    path.parent.mkdir(exist_ok=True)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_whole(text.getvalue(), path)
