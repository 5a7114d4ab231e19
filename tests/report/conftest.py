import pytest

from headtohead.measurement import Run
from tests.report.samples import SAMPLES


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Run:
    return SAMPLES[request.param]()
