import pytest

from headtohead.records.run import Run
from tests.report.samples import SAMPLES


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Run:
    return SAMPLES[request.param]()
