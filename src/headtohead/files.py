"""Files that others read."""

import os
from pathlib import Path


def write_whole(text: str, path: Path) -> None:
    """Write a file so that a reader sees all of it or none of it."""
    temporary = path.with_name(f"{path.name}.partial")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
