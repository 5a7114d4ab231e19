from collections.abc import Iterator

import pytest

from tests.faults.cases import seen  # noqa: F401
from tests.faults.shop import Shop, shop


@pytest.fixture(scope="session")
def running_shop() -> Iterator[Shop]:
    """A shop that tests share, each of which finds it whole."""
    # Seconds that are minutes where nobody waits for them.
    with shop(variables={"ORDER_RELAY_SECONDS": "1", "ORDER_TASK_SECONDS": "2"}) as running:
        yield running


@pytest.fixture
def broken(running_shop: Shop) -> Iterator[Shop]:
    """A shop for a test to break, whole again afterwards."""
    yield running_shop
    running_shop.mend()
