"""Brings h2h's server side into a Django project in which nothing is installed.

The folder of this file, in which there is nothing else, stands on PYTHONPATH of the project's
processes, and of whatever Python these start. It runs before anything of theirs does, so it imports
what is imported already and no more, beside the guard of a project that has one, and no threads: a
project that uses gevent patches them before anybody has imported them. Django is waited for; a
process that never imports it goes on as if nothing had been.
"""

import os
import sys

# As type checkers take it; `typing` would have to be imported.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

# The folders that have h2h's packages in them; without it only the next sitecustomize is run.
_INSTRUMENT = "H2H_INSTRUMENT"
# Where it is set, the project is to use databases and caches of h2h's, and no others.
_ISOLATION = "H2H_ISOLATION"


# h2h's own, and the server of a project that has none.
_OWN = ("headtohead", "gunicorn", "packaging")


class _OwnPackages:
    """Finds h2h's packages where nobody else does, and nothing of what is installed beside them."""

    def __init__(self, folders: "Sequence[str]") -> None:
        self._folders = folders

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,  # noqa: ARG002 (the protocol's)
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """As a finder of `sys.meta_path`."""
        if name not in _OWN:
            return None
        from importlib.machinery import PathFinder  # noqa: PLC0415 (not at start)

        return PathFinder.find_spec(name, self._folders, target)


class _AfterImport:
    """Finds modules as others do, and has a function called with each once it is imported."""

    def __init__(self, functions: "Mapping[str, Callable[[ModuleType], None]]") -> None:
        self._functions = dict(functions)

    def find_spec(
        self, name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        """As a finder of `sys.meta_path`."""
        if name not in self._functions:
            return None
        finders = list(sys.meta_path)
        # Whoever stands before this one has been asked, or asks the others itself.
        for finder in finders[finders.index(self) + 1 :] if self in finders else ():
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, self._imported)  # type: ignore[assignment]
                return spec
        return None

    def _imported(self, module: "ModuleType") -> None:
        # Forgotten only then: a module whose function fails may be imported again.
        self._functions[module.__name__](module)
        del self._functions[module.__name__]
        if not self._functions:
            # A list of its own, since another thread may be half through this one.
            sys.meta_path = [each for each in sys.meta_path if each is not self]


class _Loader:
    """The loader of a module, which is the module's again before any of its code runs."""

    def __init__(self, loader: "Any", imported: "Callable[[ModuleType], None]") -> None:
        self._loader = loader
        self._imported = imported

    def __getattr__(self, name: str) -> "Any":
        return getattr(self._loader, name)

    def exec_module(self, module: "ModuleType") -> None:
        """Import the module, then tell of it."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._imported(module)


def _isolating(function: str) -> "Callable[[ModuleType], None]":
    def after(module: "ModuleType") -> None:
        # What fails here ends the process: it would write into databases that are not h2h's.
        from importlib import import_module  # noqa: PLC0415 (not at start)

        getattr(import_module("headtohead.django.isolation"), function)(module)

    return after


def _guard() -> None:
    # Now, because not every process imports Django; what it imports has no threads to patch.
    from importlib import import_module  # noqa: PLC0415 (not at start)

    try:
        guard = import_module("headtohead.django.guard")
    except ImportError:
        return  # an h2h of the project's own, whose isolation does as it can
    guard.begin()


def _after_handlers(module: "ModuleType") -> None:
    from importlib import import_module  # noqa: PLC0415 (not at start)

    try:
        import_module("headtohead.django.instrumentation").instrument(module)
    except Exception as error:  # noqa: BLE001 (the project goes on without)
        if sys.stderr is not None:
            sys.stderr.write(f"h2h: no causes: {type(error).__name__}: {error}\n")


def _wait_for_django(folders: "Sequence[str]") -> None:
    functions: dict[str, Callable[[ModuleType], None]] = {
        "django.core.handlers.base": _after_handlers
    }
    if os.environ.get(_ISOLATION):
        functions["django.conf"] = _isolating("after_django_conf")
        functions["rest_framework.views"] = _isolating("after_rest_framework")
    sys.meta_path.insert(0, _AfterImport(functions))
    # Last, so that one of the project's own comes first.
    sys.meta_path.append(_OwnPackages(folders))
    if os.environ.get(_ISOLATION):
        _guard()


def _run_the_next_one() -> None:
    """Run the sitecustomize that Python would have found without this folder."""
    # Nothing else looks for anything here, and whoever starts a Python hands PYTHONPATH on.
    folder = os.path.dirname(__file__)  # noqa: PTH120 (pathlib is not imported yet)
    sys.path[:] = [each for each in sys.path if each != folder]
    this = sys.modules.pop(__name__)
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    except ImportError as error:
        if error.name != __name__:
            raise
        sys.modules[__name__] = this


if os.environ.get(_INSTRUMENT):
    _wait_for_django(os.environ[_INSTRUMENT].split(os.pathsep))
_run_the_next_one()
