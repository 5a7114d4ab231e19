from headtohead.analysis.results import Verdict
from headtohead.report import sentences


def test_every_verdict_is_explained() -> None:
    explained = [verdict for verdicts, _ in sentences.VERDICT_MEANINGS for verdict in verdicts]
    assert sorted(explained) == sorted(Verdict)
