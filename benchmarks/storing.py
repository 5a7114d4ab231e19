"""Records of benchmarks that take long: a file a folder."""

from pathlib import Path
from typing import TypeVar

from headtohead.host.files import write_whole
from headtohead.records.encoding import decode
from headtohead.records.store import to_json

RECORD_NAME = "record.json"
R = TypeVar("R")


def write_record(record: object, folder: Path) -> None:
    """Write a record, a dataclass, so that a reader sees all of it or none of it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(to_json(record), folder / RECORD_NAME)


def read_record(folder: Path, kind: type[R]) -> R:
    """Read a record of this kind back."""
    return decode((folder / RECORD_NAME).read_bytes(), kind)
