"""What both revisions say before anything is timed."""

import pytest

from headtohead.compare.answers import judged
from headtohead.compare.asking import Response
from headtohead.compare.endpoints import ComparedEndpoint
from headtohead.records.results import Caveat
from headtohead.validity import requests

PAGE = ComparedEndpoint(name="a", path="/a/")
OTHERWISE = "name settings without that as `settings` in [tool.headtohead]"
LOG_IN = "log in with --header, H2H_HEADERS or [tool.headtohead.login]"


def said(*statuses: int, body: bytes = b"{}", location: str = "") -> list[Response]:
    """Two answers, of one status or of two."""
    both = statuses or (200,)
    return [Response(status=both[i], body=body, location=location) for i in (0, -1)]


@pytest.mark.parametrize(
    ("base", "head", "kind", "reason"),
    [
        (said(), said(500), "failed", "head answers 500"),
        (said(200, 503), said(), "failed", "base answers 503"),
        (said(), said(404), "differs", "base answers 200, head 404"),
        (said(404), said(404), "skipped", "both answer 404"),
        (said(401), said(401), "skipped", f"both answer 401; {LOG_IN}"),
        (said(403), said(403), "skipped", f"both answer 403; {LOG_IN}"),
        (
            said(302, location="/accounts/login/"),
            said(302, location="/accounts/login/"),
            "skipped",
            f"both answer 302 and redirect to /accounts/login/; {LOG_IN}",
        ),
        (
            said(302, location="https://shop.example/in/?a=1&next=/a/"),
            said(302, location="/in/?next=/a/"),
            "skipped",
            f"both answer 302 and redirect to /in/; {LOG_IN}",
        ),
        (
            said(429),
            said(429),
            "skipped",
            f"both answer 429: requests are throttled; {OTHERWISE}",
        ),
        (
            said(301, location="https://shop.example/a/"),
            said(301, location="https://shop.example/a/"),
            "skipped",
            f"both answer 301 and redirect to /a/ by HTTPS; {OTHERWISE}",
        ),
        (
            said(301, location="/b/?context=1"),
            said(301, location="/b/"),
            "skipped",
            "both answer 301 and redirect to /b/",
        ),
        (
            said(204, 404),
            said(204, 404),
            "skipped",
            "base answers 204 first and 404 when asked again; only what can be repeated is timed",
        ),
        (
            said(),
            said(201, 400),
            "skipped",
            "head answers 201 first and 400 when asked again; only what can be repeated is timed",
        ),
    ],
)
def test_what_cannot_be_timed_says_why(base, head, kind, reason):
    untimed = judged(PAGE, base=base, head=head)
    assert (untimed.path, untimed.method) == ("/a/", "GET")
    assert (untimed.kind, untimed.reason) == (kind, reason)


@pytest.mark.parametrize(
    "body", [b'{"detail": "CSRF Failed: CSRF token missing."}', b"<p>CSRF verification failed."]
)
def test_a_write_without_a_csrf_token_is_told_how_to_send_one(body):
    refused = said(403, body=body)
    post = ComparedEndpoint(name="post-a", path="/a/", method="POST")
    untimed = judged(post, base=refused, head=refused)
    assert untimed.method == "POST"
    assert untimed.reason == (
        "both answer 403; it wants a CSRF token: [tool.headtohead.login] sends it, or send "
        '--cookie csrftoken=... with --header "X-CSRFToken: ..."'
    )


def test_a_first_answer_that_fails_is_no_matter():
    assert judged(PAGE, base=said(500, 200), head=said(201, 200)) == ()


FAILED = b'{"data": null, "errors": [{"message": "no"}]}'
NOT_PARSED = b'{"errors": [{"message": "no \\ud800", "locations": []}], "extensions": {}}'
ONE_OF_TWO = b'[{"data": {"a": 1}}, ' + FAILED + b"]"


@pytest.mark.parametrize(
    ("base", "head", "kind", "reason"),
    [
        (FAILED, FAILED, "skipped", "both answer with GraphQL errors"),
        (b"{}", FAILED, "differs", "head answers with GraphQL errors, the other side does not"),
        (NOT_PARSED, NOT_PARSED, "skipped", "both answer with GraphQL errors"),
        (ONE_OF_TWO, ONE_OF_TWO, "skipped", "both answer with GraphQL errors"),
    ],
)
def test_errors_of_graphql_are_errors_whatever_the_status(base, head, kind, reason):
    untimed = judged(PAGE, base=said(body=base), head=said(body=head))
    assert (untimed.kind, untimed.reason) == (kind, reason)


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": {}, "errors": []}',
        b'{"errors": ["of a form"]}',
        b'{"errors": [{"message": "of a form"}], "values": {}}',
        b'{"errors": [{"field": "name"}]}',
        b'[{"data": 1}, {"data": {"errors": [{"message": "m"}]}}]',
        b'[{"data": 1, "errors": 1}]',
        b'"errors" and "data"',
        b'"errors"' + b"[" * 100_000,
    ],
)
def test_other_errors_are_what_the_project_says(body):
    assert judged(PAGE, base=said(body=body), head=said(body=body)) == ()


def codes(found: tuple[Caveat, ...]) -> list[str]:
    return [each.code for each in found]


def test_bodies_that_differ_are_a_finding_beside_what_changes_by_itself():
    assert judged(PAGE, base=said(), head=said()) == ()
    (caveat,) = judged(PAGE, base=said(body=b'{"a": 1}'), head=said(body=b'{"a": 2}'))
    assert caveat == requests.bodies_differ(where="body.a: 1, not 2")

    def varying(name: str) -> list[Response]:
        bodies = (f'{{"id": {each}, "name": "{name}"}}'.encode() for each in (1, 2))
        return [Response(status=200, body=body) for body in bodies]

    assert judged(PAGE, base=varying("a"), head=varying("a")) == (
        requests.bodies_vary(where="body.id"),
    )
    assert judged(PAGE, base=varying("a"), head=varying("b")) == (
        requests.bodies_vary(where="body.id"),
        requests.bodies_differ(where='body.name: "a", not "b"'),
    )


def test_another_status_of_success_is_a_difference():
    (caveat,) = judged(PAGE, base=said(200), head=said(204))
    assert caveat == requests.bodies_differ(where="status 200, not 204")
