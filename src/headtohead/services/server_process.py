"""The servers' programs, as their wheels install them; neither wheel's own code is imported."""

from importlib.util import find_spec
from pathlib import Path

from headtohead.errors import StackError


def wheel_folder(package: str) -> Path:
    """The folder a wheel is installed in.

    Raises:
        StackError: It is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StackError(f"the package {package} is not installed", fix="pip install headtohead")
    return Path(spec.submodule_search_locations[0])
