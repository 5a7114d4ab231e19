"""The project a command is given in."""

import os
import sys
from pathlib import Path
from typing import Any

from headtohead.config import Config, load_config
from headtohead.registry import Registry, load_experiments


def read_config(**flags: Any) -> Config:
    """The settings that hold here, flags that were given included."""
    return load_config(start=Path.cwd(), environment=os.environ, flags=flags)


def read_project(**flags: Any) -> tuple[Config, Registry]:
    """The settings and the experiments that the project declares."""
    config = read_config(**flags)
    sys.path.insert(0, str(config.root))
    return config, load_experiments(config.experiments)
