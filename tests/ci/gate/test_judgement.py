from headtohead.ci.gate.policy import Response
from tests.ci.gate.samples import FASTER, INCONCLUSIVE, PASSED, SLOWER, gate


def test_the_gravest_come_first_and_what_is_well_last():
    judged = gate(PASSED, FASTER, INCONCLUSIVE, SLOWER)
    assert judged.judgements[:2] == (SLOWER, INCONCLUSIVE)
    assert judged.judgements[-1] is PASSED
    assert judged.those(Response.WARN) == (INCONCLUSIVE,)
