import pytest

from headtohead.errors import ExitCode
from headtohead.gate.policy import Response
from tests.gate.samples import CHECK, FASTER, INCONCLUSIVE, INVALID, PASSED, SLOWER, gate


@pytest.mark.parametrize(
    ("judgements", "code", "result"),
    [
        ((PASSED, FASTER), ExitCode.OK, "passed"),
        ((PASSED, INCONCLUSIVE), ExitCode.OK, "passed"),
        ((PASSED, INVALID), ExitCode.INVALID_MEASUREMENT, "invalid"),
        ((PASSED, SLOWER), ExitCode.GATE_FAILED, "failed"),
        ((CHECK, INVALID), ExitCode.GATE_FAILED, "failed"),
    ],
)
def test_what_fails_decides_and_what_does_not_count_only_where_nothing_else_fails(
    judgements, code, result
):
    judged = gate(*judgements)
    assert (judged.exit_code, judged.result) == (code, result)


def test_the_gravest_come_first_and_what_is_well_last():
    judged = gate(PASSED, FASTER, INCONCLUSIVE, SLOWER)
    assert judged.judgements[:2] == (SLOWER, INCONCLUSIVE)
    assert judged.judgements[-1] is PASSED
    assert judged.those(Response.WARN) == (INCONCLUSIVE,)
