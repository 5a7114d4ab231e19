"""The folder of a run: complete under its name, or not there at all."""

import csv
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from headtohead.errors import ConfigurationError
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


def new_run_id(started_at: datetime, *, results: Path) -> str:
    """A name that sorts by time and that no run before has."""
    stamp = started_at.strftime("%Y%m%dT%H%M%SZ")
    taken = (path.name for path in results.glob(f"*{stamp}*"))
    repeats = sum(1 for _ in taken)
    return f"{stamp}-{repeats + 1}" if repeats else stamp


@contextmanager
def run_directory(run_id: str, *, results: Path, latest: str = LATEST) -> Iterator[Path]:
    """A folder to write a run into, which gets its name when the block ends without an error.

    `latest` in `results` then points at it. After an error, or Ctrl-C, nothing is left of it.

    Raises:
        ConfigurationError: The results folder cannot be written to.
    """
    partial = results / f".{run_id}.partial"
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise ConfigurationError(
            f"results folder {results} cannot be written to ({error.strerror})",
            fix="make it writable, or name another with --results",
        ) from error
    try:
        yield partial
        partial.rename(results / run_id)
        _point_at(run_id, results=results, name=latest)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_pairs(path: Path, pairs: Sequence[Pair], *, variants: Sequence[str]) -> None:
    """Keep the raw pairs, so that any other analysis can be made of them.

    Args:
        path: The CSV file to write.
        pairs: Pairs in the order they were taken.
        variants: Names of the variants the pairs' indices stand for.
    """
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(PAIR_COLUMNS)
        for pair in pairs:
            one, other = pair.baseline_sample, pair.variant_sample
            writer.writerow(
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
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(REQUEST_COLUMNS)
        for users, taken in blocks.items():
            for block in taken:
                for worker, part in enumerate(block.parts, start=1):
                    for sample in part.samples:
                        writer.writerow(
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
                        )


def _point_at(run_id: str, *, results: Path, name: str) -> None:
    temporary = results / f".{name}.partial"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(run_id, target_is_directory=True)
    os.replace(temporary, results / name)  # noqa: PTH105 (Path.replace would follow nothing else)
