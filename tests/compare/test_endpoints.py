"""What both revisions are asked for."""

import pytest

from headtohead.compare.endpoints import (
    ComparedEndpoint,
    common_headers,
    distinct,
    endpoints_at,
    endpoints_of,
    name_of,
    read_body,
)
from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment, Request, Server, Variant
from headtohead.protocol.headers import TOKEN_HEADER


def experiment(name: str, request: Request, **changes: object) -> Experiment:
    fields = {
        "name": name,
        "question": "Is it?",
        "request": request,
        "seam": "shop.selectors.seam",
        "baseline": Variant(name="one", selector="shop.selectors.seam"),
        "variants": (Variant(name="other", selector="shop.selectors.other"),),
    }
    return Experiment(**(fields | changes))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "root"),
        ("/api/products/?page=2", "api-products-page-2"),
        ("/API/Best_Sellers/", "api-best-sellers"),
        ("/2024/sales/", "path-2024-sales"),
    ],
)
def test_a_path_names_its_endpoint(path, name):
    assert name_of(path) == name


def test_the_name_of_a_write_says_its_method():
    assert name_of("/api/products/", method="POST") == "post-api-products"
    assert name_of("/", method="DELETE") == "delete-root"


@pytest.mark.parametrize("path", ["products/", "//host/products/", "http://host/", ""])
def test_a_path_that_is_not_absolute_is_refused(path):
    with pytest.raises(ConfigurationError, match="not absolute"):
        endpoints_at([path])


def test_the_same_request_is_asked_once_under_its_first_name():
    found = distinct(
        [
            ComparedEndpoint(name="first", path="/a/"),
            ComparedEndpoint(name="second", path="/a/"),
            ComparedEndpoint(name="third", path="/a/", headers={"Accept": "text/html"}),
        ]
    )
    assert [each.name for each in found] == ["first", "third"]


def test_a_name_that_is_taken_gets_a_number():
    found = endpoints_at(["/a/b/", "/a-b/", "/a/?b", "/a/b/"])
    assert [(each.name, each.path) for each in found] == [
        ("a-b", "/a/b/"),
        ("a-b-2", "/a-b/"),
        ("a-b-3", "/a/?b"),
    ]


def test_only_what_a_database_and_a_cache_can_serve_is_taken_from_experiments():
    notes: list[str] = []
    page = Request(path="/page/", headers={"X-Page": "1"})
    upstream = Server(upstream="shop.far:application")
    found = endpoints_of(
        [
            experiment("pages", page),
            experiment("pages-again", page),
            experiment("posts", Request(path="/posts/", method="POST", body="{}")),
            experiment("audited", Request(path="/b/"), timed=False, audit="shop.audits.audit"),
            experiment("searched", Request(path="/c/"), needs=("memcached",)),
            experiment("distant", Request(path="/d/"), server=upstream),
        ],
        note=notes.append,
    )
    assert found == (ComparedEndpoint(name="pages", path="/page/", headers={"X-Page": "1"}),)
    assert [note.split()[1] for note in notes] == ["searched", "distant"]


def test_both_sides_are_asked_the_same_of_their_own_server():
    endpoint = ComparedEndpoint(name="pages", path="/pages/?n=1", headers={"Accept": "text/html"})
    headers = common_headers([], token="secret")
    base, head = (
        endpoint.arm(side, url=f"http://127.0.0.1:{port}", headers=headers)
        for side, port in (("base", 1), ("head", 2))
    )
    assert (base.identity, head.identity) == ("pages/base", "pages/head")
    assert (base.base_url, head.base_url) == ("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert base.headers == head.headers == {**headers, "Accept": "text/html"}
    assert (base.method, base.path, base.body, base.reports_timing) == (
        "GET",
        "/pages/?n=1",
        None,
        False,
    )


def test_requests_that_differ_in_method_or_body_are_asked_apart():
    found = distinct(
        [
            *endpoints_at(["/a/"]),
            *endpoints_at(["/a/", "/a/"], method="POST", body="{}"),
            *endpoints_at(["/a/"], method="POST", body="[]"),
        ]
    )
    assert [(each.name, each.request, each.body) for each in found] == [
        ("a", "GET /a/", None),
        ("post-a", "POST /a/", "{}"),
        ("post-a-2", "POST /a/", "[]"),
    ]


def test_only_what_may_change_something_writes():
    written = {
        method: endpoints_at(["/a/"], method=method)[0].writes
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    }
    assert [method for method, writes in written.items() if writes] == [
        *("POST", "PUT", "PATCH", "DELETE")
    ]


def test_a_body_is_json_unless_a_header_says_otherwise():
    (endpoint,) = endpoints_at(["/a/"], method="PUT", body='{"a": 1}')

    def sent(**headers: str) -> tuple[str, str | None, dict[str, str]]:
        arm = endpoint.arm("base", url="", headers=headers)
        return arm.method, arm.body, dict(arm.headers)

    assert sent() == ("PUT", '{"a": 1}', {"Content-Type": "application/json"})
    own = {"content-type": "application/merge-patch+json"}
    assert sent(**own) == ("PUT", '{"a": 1}', own)


def test_a_request_without_a_body_says_nothing_of_its_kind():
    (endpoint,) = endpoints_at(["/a/"], method="POST")
    assert endpoint.arm("base", url="", headers={}).headers == {}


def test_a_body_may_stand_in_a_file(tmp_path):
    path = tmp_path / "order.json"
    path.write_text('{"name": "Å"}', encoding="utf-8")
    assert read_body(f"@{path}", headers=[]) == '{"name": "Å"}'
    assert read_body("a=1", headers=["CONTENT-TYPE : application/x-www-form-urlencoded"]) == "a=1"


@pytest.mark.parametrize("given", ["hidden=1", "\udcffhidden", "@{folder}", "@{folder}/latin"])
def test_a_body_that_cannot_be_sent_is_refused_without_it(tmp_path, given):
    (tmp_path / "latin").write_bytes(b'"hidden \xe9"')
    with pytest.raises(ConfigurationError) as told:
        read_body(given.format(folder=tmp_path), headers=[])
    assert "hidden" not in str(told.value)


@pytest.mark.parametrize("path", ["/a b/", "/a\n/", "/\udcff/"])
def test_a_path_that_cannot_be_sent_is_refused(path):
    with pytest.raises(ConfigurationError, match="percent-encode it"):
        endpoints_at([path])


def test_a_users_headers_go_before_those_that_every_request_carries():
    own = ["authorization: Token a:b", "HOST:shop.example", "X-Empty:"]
    assert common_headers(own, token="secret") == {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "HOST": "shop.example",
        "authorization": "Token a:b",
        "X-Empty": "",
        TOKEN_HEADER: "secret",
    }


def test_all_cookies_are_sent():
    headers = common_headers(["Cookie: a=1", "A: 1", "cookie: b=2; c=3", "a: 2"], token="")
    assert headers.get("Cookie") is None
    assert (headers["cookie"], headers["a"]) == ("a=1; b=2; c=3", "2")


def test_links_do_not_tell_the_ports_of_sides_apart():
    assert common_headers([], token="")["Host"] == "127.0.0.1"


@pytest.mark.parametrize(
    "given",
    ["Authorization", "hidden", "A B: hidden", ": hidden", "A: hidden\r\nB: c", "A: hidden \u20ac"],
)
def test_what_is_no_header_is_told_without_its_value(given):
    with pytest.raises(ConfigurationError) as told:
        common_headers([given], token="")
    assert "hidden" not in str(told.value)
