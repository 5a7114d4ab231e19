"""The folder of a run: complete under its name, or not there at all."""

import csv
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import StringIO
from itertools import count
from pathlib import Path

from headtohead.errors import ConfigurationError
from headtohead.files import held, write_whole
from headtohead.load.plan import Pair
from headtohead.run.drop import BlockSamples

LATEST = "latest"
PAIR_COLUMNS = (
    "variant",
    "first",
    "started",
    "baseline_ms",
    "variant_ms",
    "baseline_washout_ms",
    "variant_washout_ms",
    "baseline_error",
    "variant_error",
)
REQUEST_COLUMNS = (
    "users",
    "round",
    "variant",
    "worker",
    "started",
    "milliseconds",
    "counted",
    "error",
)
# What a run that is not finished has in the results folder.
_HIDDEN = re.compile(r"\.(\d{8}T\d{6}Z(?:-\d+)?)\.(?:lock|partial)")


@contextmanager
def run_directory(
    started_at: datetime, *, results: Path, latest: str = LATEST
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
            _remove_abandoned(results)
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


def _remove_abandoned(results: Path) -> None:
    """Remove what killed processes left, which is that whose name nobody holds."""
    for name in {match[1] for path in results.iterdir() if (match := _HIDDEN.fullmatch(path.name))}:
        with _claimed(name, results=results) as claimed:
            if claimed:
                partial = _partial(name, results=results)
                if partial.is_symlink():
                    partial.unlink()
                shutil.rmtree(partial, ignore_errors=True)


def write_pairs(path: Path, pairs: Sequence[Pair], *, variants: Sequence[str]) -> None:
    """Keep the raw pairs, so that any other analysis can be made of them.

    Args:
        path: The CSV file to write.
        pairs: Pairs in the order they were taken.
        variants: Names of the variants the pairs' indices stand for.
    """
    samples = ((each, each.baseline_sample, each.variant_sample) for each in pairs)
    write_table(
        path,
        PAIR_COLUMNS,
        (
            (
                variants[pair.variant],
                "baseline" if pair.baseline_first else "variant",
                f"{min(one.started, other.started):.6f}",
                f"{one.milliseconds:.6f}",
                f"{other.milliseconds:.6f}",
                f"{pair.baseline_washout.milliseconds:.6f}",
                f"{pair.variant_washout.milliseconds:.6f}",
                one.error,
                other.error,
            )
            for pair, one, other in samples
        ),
    )


def write_blocks(
    path: Path, blocks: Mapping[int, Sequence[BlockSamples]], *, arms: Sequence[str]
) -> None:
    """Keep the raw requests of a run in blocks, those that were dropped included.

    Args:
        path: The CSV file to write.
        blocks: Blocks in the order they were taken, by number of users.
        arms: Names of the arms the blocks' indices stand for.
    """
    write_table(
        path,
        REQUEST_COLUMNS,
        (
            (
                users,
                block.round,
                arms[block.arm],
                worker,
                f"{sample.started:.6f}",
                f"{sample.milliseconds:.6f}",
                "yes" if part.counts(sample) else "no",
                sample.error,
            )
            for users, taken in blocks.items()
            for block in taken
            for worker, part in enumerate(block.parts, start=1)
            for sample in part.samples
        ),
    )


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file into a folder of its kind, which is made."""
    path.parent.mkdir(exist_ok=True)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_whole(text.getvalue(), path)
