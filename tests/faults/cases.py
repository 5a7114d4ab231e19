"""What a fault was, what was promised and what was seen: kept, so that a document can tell it."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

# The file to which cases are added, a line each; none unless somebody names one.
KEEP_VARIABLE = "H2H_KEEP_FAULTS"

Seen = Callable[..., None]


def fault(name: str, *, load: str = "", promised: str) -> pytest.MarkDecorator:
    """Mark a test as the case of a fault.

    Args:
        name: What breaks.
        load: What is asked of the server meanwhile.
        promised: What must hold.
    """
    return pytest.mark.fault(name=name, load=load, promised=promised)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """Keeps the figures of a case; called last, when all that was promised has been asserted."""

    def keep(**figures: object) -> None:
        path = os.environ.get(KEEP_VARIABLE)
        if not path:
            return
        case = {
            "test": request.node.nodeid,
            **request.node.get_closest_marker("fault").kwargs,
            "seen": figures,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(case) + "\n")

    return keep
