"""What the tests of dashboards share."""

import json
from typing import Any

import pytest

from tests.conftest import ROOT

GENERATED = ROOT / "dashboards" / "generated"


@pytest.fixture
def generated() -> list[dict[str, Any]]:
    """The committed dashboards, for a test to read or to spoil."""
    return [json.loads(path.read_text()) for path in sorted(GENERATED.glob("*.json"))]
