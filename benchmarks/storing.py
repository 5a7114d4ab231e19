"""Records of benchmarks that take long: a file a folder."""

import json
from pathlib import Path
from typing import TypeVar

from cattrs.preconf.json import make_converter

from headtohead.host.files import write_whole

RECORD_NAME = "record.json"
R = TypeVar("R")

_converter = make_converter()


def write_record(record: object, folder: Path) -> None:
    """Write a record, a dataclass, so that a reader sees all of it or none of it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_converter.unstructure(record), indent=1, ensure_ascii=False)
    write_whole(text + "\n", folder / RECORD_NAME)


def read_record(folder: Path, kind: type[R]) -> R:
    """Read a record of this kind back."""
    return _converter.loads((folder / RECORD_NAME).read_text(encoding="utf-8"), kind)
