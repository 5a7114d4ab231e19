"""The load modes there are."""

from typing import Any

from headtohead.config import Config
from headtohead.modes.latency.mode import LatencyMode
from headtohead.modes.mode import LoadMode
from headtohead.modes.open_model.mode import OpenMode
from headtohead.modes.throughput.mode import ThroughputMode
from headtohead.records.comparison import Mode


def load_mode(
    config: Config, *, comparisons_in_run: int, against_itself: bool = False
) -> LoadMode[Any]:
    """The mode that the settings ask for.

    Args:
        config: All settings.
        comparisons_in_run: How many comparisons share the alpha of claims.
        against_itself: Whether each baseline stands in for its variants, in latency mode.
    """
    match Mode(config.mode):
        case Mode.LATENCY:
            return LatencyMode(comparisons_in_run=comparisons_in_run, against_itself=against_itself)
        case Mode.THROUGHPUT:
            return ThroughputMode()
        case Mode.OPEN:
            return OpenMode()
