"""When the project's code was last changed: an API that started earlier serves the old one."""

import os
from pathlib import Path


def changed_at(root: Path) -> float:
    """The latest change of a Python file of the project, in seconds since 1970.

    Hidden folders, such as virtual environments and the stack's own, are passed over.
    """
    latest = 0.0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(".py"):
                latest = max(latest, os.stat(f"{folder}/{name}").st_mtime)  # noqa: PTH116 (fast)
    return latest
