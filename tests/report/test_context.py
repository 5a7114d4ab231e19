from headtohead.measurement import Verdict
from headtohead.report import context


def test_every_verdict_is_explained() -> None:
    explained = [verdict for verdicts, _ in context.VERDICT_MEANINGS for verdict in verdicts]
    assert sorted(explained) == sorted(Verdict)
