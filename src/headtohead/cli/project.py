"""The project a command is given in."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from headtohead.cli.application import note
from headtohead.config import Config
from headtohead.config_loading import load_config
from headtohead.errors import ConfigurationError, StackError
from headtohead.experiment import Experiment
from headtohead.experiment_registry import Registry, load_experiments
from headtohead.stack.availability import runnable
from headtohead.stack.variant_servers import servable


def read_config(**flags: Any) -> Config:
    """The settings that hold here, flags that were given included."""
    try:
        folder = Path.cwd()
    except FileNotFoundError:
        raise ConfigurationError(
            "the folder that the command was given in is gone", fix="change into another one"
        ) from None
    return load_config(start=folder, environment=os.environ, flags=flags)


def read_project(**flags: Any) -> tuple[Config, Registry]:
    """The settings and the experiments that the project declares."""
    config = read_config(**flags)
    sys.path.insert(0, str(config.root))
    as_given, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # into the user's folder
    try:
        return config, load_experiments(config.experiments)
    finally:
        sys.dont_write_bytecode = as_given


def read_project_or_none(**flags: Any) -> tuple[Config, Registry]:
    """`read_project`, for what goes without experiments where the project names no package."""
    try:
        return read_project(**flags)
    except ConfigurationError as error:
        config = read_config(**flags)
        missing = getattr(error.__cause__, "name", None)
        if config.experiments != Config(root=config.root).experiments or (
            missing != config.experiments
        ):
            raise
        return config, Registry(())


def require_output(output: Path, *, is_own: Callable[[Path], bool]) -> None:
    """Refuse a file that cannot be written or is the user's, before anything is done.

    Args:
        output: The file.
        is_own: Whether a file is one that h2h wrote there before.

    Raises:
        ConfigurationError: It is refused.
    """
    folder = output.absolute().parent
    if output.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigurationError(
            f"{output} cannot be written", fix="name a file in a folder that is there and yours"
        )
    if output.exists() and not (output.is_file() and is_own(output)):
        raise ConfigurationError(
            f"{output} is a file that h2h did not write", fix="move it, or name another one"
        )


def select_runnable(
    names: Sequence[str], *, config: Config, registry: Registry, timed: bool = True
) -> tuple[Experiment, ...]:
    """The named experiments, or all; those that cannot be run here are skipped, and it is said.

    Args:
        names: Which; none is all.
        config: All settings.
        registry: What there is.
        timed: Whether their request is going to be asked, so that only those count that can be
            timed.

    Raises:
        ConfigurationError: What is named cannot be timed.
        StackError: None of them can be run.
        UnknownExperimentError: A name is not declared.
    """
    selected = registry.select_timed(names) if timed else registry.select(names)
    kept = servable(runnable(selected, config=config, note=note), config=config, note=note)
    if selected and not kept:
        raise StackError("no experiment is left to run", fix="install the services listed above")
    return kept
