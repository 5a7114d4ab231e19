"""A checkout whose scripts find the programs they are given, and none of this machine by chance."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Checkout:
    """A folder, and all that is on PATH there."""

    folder: Path
    tools: Path

    @classmethod
    def within(cls, parent: Path, *programs: str) -> Self:
        """A new one, with some of this machine's programs."""
        checkout = cls(folder=parent / "a folder with spaces", tools=parent / "tools")
        checkout.folder.mkdir()
        checkout.tools.mkdir()
        for name in programs:
            (checkout.tools / name).symlink_to(shutil.which(name) or f"{name} is needed")
        return checkout

    def add(self, name: str, script: str) -> Path:
        """Put a script on PATH."""
        path = self.tools / name
        path.write_text(f"#!{shutil.which('sh')}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path
