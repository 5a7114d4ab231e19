from dataclasses import replace

import pytest

from headtohead.check.equal_answers import check, first_difference
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment, Request, Server, Variant
from headtohead.stack.target import Target


def experiment(path: str) -> Experiment:
    return Experiment(
        name="e",
        question="Does it matter?",
        request=Request(path=path),
        seam="shop.served",
        baseline=Variant(name="one", selector="shop.served"),
        variants=(Variant(name="other", selector="shop.other"),),
    )


def target(url: str, *, token: str = "secret", **changes: object) -> Target:
    return Target(base_url=url, token=token, rows=0, servers={}, **changes)


def problems(path: str, *, url: str, token: str = "secret") -> list[str]:
    outcome = check(experiment(path), target=target(url, token=token))
    return [f"{finding.variant}: {finding.problem}" for finding in outcome.findings]


def test_equal_variants_pass_and_their_queries_are_known(variants_server):
    outcome = check(experiment("/equal"), target=target(variants_server))
    assert outcome.findings == ()
    assert {name: each.timing.queries for name, each in outcome.answers.items()} == {
        "one": 40,
        "other": 2,
    }


def test_method_headers_and_body_are_sent_as_declared(variants_server):
    request = Request(
        path="/echo",
        method="POST",
        headers={"Content-Type": "application/json"},
        body='{"name": "Å"}',
    )
    asked = replace(experiment("/echo"), request=request)
    outcome = check(asked, target=target(variants_server))
    assert outcome.findings == ()
    assert outcome.answers["one"].body == 'POST application/json {"name": "Å"}'.encode()


def test_a_different_body_is_found_and_the_difference_shown_once(variants_server):
    assert problems("/unequal", url=variants_server) == [
        "e/other: the body differs from one's (body.rows[2]: 3, not 4)"
    ]


def test_a_switch_that_did_not_apply_is_found(variants_server):
    assert problems("/unapplied", url=variants_server) == [
        "e/one: /unapplied was served by no variant",
        "e/other: /unapplied was served by no variant",
    ]


def test_a_failing_baseline_is_the_only_finding_and_no_other_takes_its_place(variants_server):
    outcome = check(experiment("/failing-baseline"), target=target(variants_server))
    assert [finding.variant for finding in outcome.findings] == ["e/one"]
    assert list(outcome.answers) == ["other"]


def test_an_error_response_is_found(variants_server):
    assert problems("/failing", url=variants_server) == ["e/other: GET /failing answers 500"]


def test_a_server_that_does_not_explain_itself_is_found(variants_server):
    first, *_ = problems("/equal", url=variants_server, token="wrong")
    assert first == "e/one: /equal sends no Server-Timing"


def test_nobody_listening_is_one_clear_error():
    with pytest.raises(MeasurementError, match="nothing answers at http://127.0.0.1:9"):
        check(experiment("/"), target=target("http://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        (b'{"a": 1, "b": [1, {"c": 2}]}', b'{"a": 1, "b": [1, {"c": 3}]}', "body.b[1].c: 2, not 3"),
        (b'{"a": 1}', b'{"b": 1}', 'body: {"a": 1}, not {"b": 1}'),
        (b"[1, 2]", b"[1]", "body: [1, 2], not [1]"),
        (b"plain text", b"plain tent", "byte 8: b'xt', not b'nt'"),
        (b"short", b"shorter", "byte 5: b'', not b'er'"),
        (b'{"a": 1}', b'{"a":1}', "byte 5: b' 1}', not b'1}'"),
    ],
)
def test_first_difference_is_where_bodies_part(one, other, difference):
    assert first_difference(one, other) == difference


def test_a_server_that_explains_nothing_has_to_say_the_same_all_the_same(variants_server):
    silent = Server(reports_timing=False)
    there = target(
        variants_server,
        token="wrong",
        own_urls={"e/one": variants_server, "e/other": variants_server},
    )
    outcome = check(replace(experiment("/equal"), server=silent), target=there)
    assert outcome.findings == ()
    assert [each.timing for each in outcome.answers.values()] == [None, None]
    (finding,) = check(replace(experiment("/unequal"), server=silent), target=there).findings
    assert finding.variant == "e/other"
