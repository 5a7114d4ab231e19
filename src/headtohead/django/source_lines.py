"""The project's own code behind whatever a library does at the moment."""

import inspect
import sysconfig
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from types import FrameType

import django

from headtohead.protocol.explanation import Location

_PACKAGES = frozenset({"site-packages", "dist-packages"})
_NOT_OWN = (
    Path(__file__).parents[1],
    Path(django.__file__).parent,
    *(Path(sysconfig.get_path(each)) for each in ("stdlib", "scripts")),
)


def location_of(frame: FrameType | None) -> Location | None:
    """The project's own code nearest to a frame, seen outwards; None when there is none.

    Where a library's method works on an object of the project's, such as a serializer that is
    declared and no more, it is that object's class.
    """
    while frame is not None:
        found = _own_line(frame) or _own_class(frame)
        if found:
            return found
        frame = frame.f_back
    return None


def _own_line(frame: FrameType) -> Location | None:
    code = frame.f_code
    if not _is_own(code.co_filename):
        return None
    # Python 3.10 has no qualified name here.
    name: str = getattr(code, "co_qualname", code.co_name)
    return Location(path=_from_here(code.co_filename), line=frame.f_lineno, function=name)


def _own_class(frame: FrameType) -> Location | None:
    # A model on which the ORM works does not say who wanted it to.
    if frame.f_globals.get("__name__", "").startswith("django.db."):
        return None
    owner: type = type(frame.f_locals.get("self"))
    place = _place_of(owner)
    if place is None:
        return None
    path, line = place
    return Location(path=path, line=line, function=f"{owner.__qualname__}.{frame.f_code.co_name}")


@lru_cache(maxsize=1024)
def _place_of(owner: type) -> tuple[str, int] | None:
    """File and line of a class of the project's own."""
    try:
        file = inspect.getsourcefile(owner)
        if file is None or not _is_own(file):
            return None
        lines, first = inspect.getsourcelines(owner)
        decorators = takewhile(lambda line: not line.lstrip().startswith("class "), lines)
        return _from_here(file), first + sum(1 for _ in decorators)
    except (OSError, TypeError):
        # Built in, or made at run time.
        return None


@lru_cache(maxsize=4096)
def _is_own(file: str) -> bool:
    path = Path(file)
    if not path.is_absolute() or _PACKAGES.intersection(path.parts):
        return False
    return not any(path.is_relative_to(each) for each in _NOT_OWN)


def _from_here(file: str) -> str:
    path, here = Path(file), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else file
