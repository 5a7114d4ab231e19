"""Find declared experiments, refuse duplicates, offer the nearest name for an unknown one."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType, ModuleType

from headtohead.errors import (
    ConfigurationError,
    DeclarationError,
    HeadToHeadError,
    UnknownExperimentError,
)
from headtohead.experiment import Experiment


class Registry:
    """The experiments of a project, by name, in the order of their names.

    Raises:
        DeclarationError: Two experiments share a name.
    """

    def __init__(self, experiments: Iterable[Experiment]) -> None:
        by_name: dict[str, Experiment] = {}
        for experiment in experiments:
            if experiment.name in by_name:
                raise DeclarationError(
                    f"two experiments are named {experiment.name!r}", fix="rename one of them"
                )
            by_name[experiment.name] = experiment
        self._by_name: Mapping[str, Experiment] = MappingProxyType(dict(sorted(by_name.items())))

    def __iter__(self) -> Iterator[Experiment]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def get(self, name: str) -> Experiment | None:
        """The experiment of that name, or None."""
        return self._by_name.get(name)

    def select(self, names: Sequence[str]) -> tuple[Experiment, ...]:
        """The named experiments in the order given, or all of them when none is named.

        Raises:
            UnknownExperimentError: A name is not declared; the message offers the nearest.
        """
        return tuple(self._require(name) for name in dict.fromkeys(names)) or tuple(self)

    def select_timed(self, names: Sequence[str]) -> tuple[Experiment, ...]:
        """The named experiments in the order given, or all that can be timed when none is named.

        Raises:
            UnknownExperimentError: A name is not declared; the message offers the nearest.
            ConfigurationError: What is named cannot be timed.
        """
        selected = self.select(names)
        untimed = [experiment.name for experiment in selected if not experiment.timed]
        if names and untimed:
            raise ConfigurationError(
                f"{untimed[0]} has nothing to time", fix=f"`h2h audit {untimed[0]}` answers it"
            )
        return tuple(experiment for experiment in selected if experiment.timed)

    def _require(self, name: str) -> Experiment:
        experiment = self.get(name)
        if experiment is None:
            nearest = get_close_matches(name, self._by_name, n=1, cutoff=0.4)
            hint = f"did you mean {nearest[0]}? " if nearest else ""
            raise UnknownExperimentError(
                f"no experiment is named {name!r}", fix=f"{hint}`h2h list` shows them all"
            )
        return experiment


def load_experiments(package: str) -> Registry:
    """Import every module of a package and collect the experiments they declare.

    Args:
        package: Dotted name of an importable package, such as ``app.experiments``.

    Raises:
        ConfigurationError: The package cannot be imported.
        DeclarationError: A declaration is wrong, or two share a name.
    """
    name = package
    try:
        root = importlib.import_module(package)
        modules = []
        for module in pkgutil.iter_modules(getattr(root, "__path__", [])):
            name = f"{package}.{module.name}"
            modules.append(importlib.import_module(name))
    except ImportError as error:
        raise ConfigurationError(
            f"experiments package {package!r} cannot be imported ({error})",
            fix="set `experiments` in [tool.headtohead] to the package that declares them",
        ) from error
    except HeadToHeadError:
        raise
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            f"experiments package {package!r} cannot be imported ({type(error).__name__}: {error})",
            fix=f"correct it; `python -c 'import {name}'` in the project's folder shows where",
        ) from error
    return Registry(experiment for module in modules for experiment in _declared(module))


def _declared(module: ModuleType) -> Iterator[Experiment]:
    return (value for value in vars(module).values() if isinstance(value, Experiment))
