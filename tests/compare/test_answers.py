"""What both revisions say before anything is timed."""

import pytest

from headtohead.compare.answers import _Response, judged
from headtohead.records.results import Caveat
from headtohead.validity import requests


def said(status: int = 200, body: bytes = b"{}") -> list[_Response]:
    return [_Response(status=status, body=body)] * 2


@pytest.mark.parametrize(
    ("base", "head", "kind", "reason"),
    [
        (said(), said(500), "failed", "head answers 500"),
        (said(), said(404), "differs", "base answers 200, head 404"),
        (said(403), said(403), "skipped", "both answer 403"),
    ],
)
def test_what_cannot_be_timed_says_why(base, head, kind, reason):
    untimed = judged("/a/", base=base, head=head)
    assert (untimed.kind, untimed.reason) == (kind, reason)


def codes(found: tuple[Caveat, ...]) -> list[str]:
    return [each.code for each in found]


def test_bodies_that_differ_are_a_finding_unless_they_differ_by_themselves():
    assert judged("/a/", base=said(), head=said()) == ()
    (caveat,) = judged("/a/", base=said(body=b'{"a": 1}'), head=said(body=b'{"a": 2}'))
    assert caveat == requests.bodies_differ(where="body.a: 1, not 2")
    varying = [_Response(status=200, body=b"1"), _Response(status=200, body=b"2")]
    assert codes(judged("/a/", base=varying, head=said())) == ["bodies-vary"]
