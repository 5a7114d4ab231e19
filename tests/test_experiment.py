from dataclasses import replace

import pytest

from headtohead.errors import DeclarationError
from headtohead.experiment import Experiment, Request, Server, Variant
from headtohead.protocol.headers import TOKEN_HEADER

NAIVE = Variant(name="naive", selector="shop.selectors.product_list_naive")
PREFETCHED = Variant(name="prefetched", selector="shop.selectors.product_list")


def declare(**changes: object) -> Experiment:
    fields = {
        "name": "product-list",
        "question": "Is prefetching faster?",
        "request": Request(path="/products/", headers={"X-Page": "1"}),
        "seam": "shop.selectors.product_list",
        "baseline": NAIVE,
        "variants": (PREFETCHED,),
    }
    return Experiment(**(fields | changes))


def test_baseline_comes_first():
    assert declare().all_variants == (NAIVE, PREFETCHED)


def test_identity_joins_experiment_and_variant():
    assert declare().identity(PREFETCHED) == "product-list/prefetched"


def test_request_for_a_variant_differs_from_anothers_in_the_baggage_alone():
    experiment = declare()
    naive = experiment.request_for(NAIVE)
    prefetched = experiment.request_for(PREFETCHED)
    assert naive.headers["Baggage"] == "h2h.experiment=product-list,h2h.variant=naive"
    assert prefetched.headers["Baggage"] == "h2h.experiment=product-list,h2h.variant=prefetched"
    assert {**naive.headers, "Baggage": ""} == {**prefetched.headers, "Baggage": ""}
    assert (naive.method, naive.path, naive.body) == ("GET", "/products/", None)


def test_request_for_a_variant_keeps_the_declared_headers_and_adds_the_token():
    headers = declare().request_for(NAIVE, token="secret").headers
    assert headers["X-Page"] == "1"
    assert headers[TOKEN_HEADER] == "secret"
    assert TOKEN_HEADER not in declare().request_for(NAIVE).headers


def test_headers_cannot_be_changed_after_the_declaration():
    with pytest.raises(TypeError):
        declare().request.headers["X-Page"] = "2"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "Product List"}, "not kebab-case"),
        ({"name": "product--list"}, "not kebab-case"),
        ({"question": "Prefetching is faster."}, "asks no question"),
        ({"seam": "product_list"}, "not a dotted path"),
        ({"variants": ()}, "nothing to compare"),
        ({"variants": (Variant(name="naive", selector="a.b"),)}, "two variants of one name"),
        ({"variants": (Variant(name="other", selector=NAIVE.selector),)}, "same selector"),
        (
            {"request_at_double_rows": Request(path="/products/", headers={"X-Page": "1"})},
            "doubles nothing",
        ),
        ({"seam": "shop.selectors.other"}, "the one users are served"),
        ({"needs": ("celery", "rabbitmq")}, "needs 'rabbitmq'"),
        ({"audit": "audit"}, "not a dotted path"),
    ],
)
def test_meaningless_declarations_are_refused(change, problem):
    with pytest.raises(DeclarationError, match=problem):
        declare(**change)


@pytest.mark.parametrize("path", ["products/", "http://127.0.0.1/products/", "//127.0.0.1/"])
def test_request_path_is_absolute_and_names_no_host(path):
    with pytest.raises(DeclarationError, match="not absolute"):
        Request(path=path)


def test_unknown_http_method_is_refused():
    with pytest.raises(DeclarationError, match="'get'"):
        Request(path="/", method="get")


def test_what_is_not_timed_has_an_audit():
    assert not declare(timed=False, audit="shop.audits.audit").timed
    with pytest.raises(DeclarationError, match="neither timed nor audited"):
        declare(timed=False)


def served_by(**servers: Server) -> Experiment:
    """One selector, served by several servers."""
    baseline, *variants = (
        Variant(name=name, selector="shop.selectors.product_list", server=server)
        for name, server in servers.items()
    )
    return declare(baseline=baseline, variants=tuple(variants))


def test_variants_that_differ_in_their_server_may_share_the_selector():
    experiment = served_by(cold=Server(environment={"POOL": "off"}), warm=Server())
    assert experiment.needs_servers
    assert not declare().needs_servers


def test_the_same_selector_on_the_same_server_is_no_difference():
    with pytest.raises(DeclarationError, match="same selector on the same server"):
        served_by(one=Server(environment={"A": "1"}), other=Server(environment={"A": "1"}))


def test_a_server_of_the_experiment_serves_variants_that_have_none():
    own, common = Server(environment={"A": "1"}), Server(interface="asgi")
    experiment = declare(baseline=NAIVE, variants=(replace(PREFETCHED, server=own),), server=common)
    assert [experiment.server_of(each) for each in experiment.all_variants] == [common, own]


def test_users_are_served_the_seam_in_the_usual_settings():
    experiment = served_by(cold=Server(environment={"POOL": "off"}), warm=Server())
    assert [experiment.is_served(each) for each in experiment.all_variants] == [False, True]


def test_a_server_that_explains_nothing_is_sent_no_token():
    experiment = served_by(bare=Server(reports_timing=False), usual=Server())
    sent = [experiment.request_for(each, token="secret") for each in experiment.all_variants]
    assert [TOKEN_HEADER in each.headers for each in sent] == [False, True]


def test_a_server_that_explains_nothing_is_asked_as_any_client_asks():
    experiment = served_by(bare=Server(reports_timing=False), usual=Server())
    sent = [experiment.request_for(each) for each in experiment.all_variants]
    assert ["Baggage" in each.headers for each in sent] == [False, True]


def test_a_variant_of_another_selector_is_always_chosen():
    silent = Server(reports_timing=False)
    experiment = declare(baseline=NAIVE, variants=(PREFETCHED,), server=silent)
    other = [each.selector != experiment.seam for each in experiment.all_variants]
    sent = [experiment.request_for(each) for each in experiment.all_variants]
    assert ["Baggage" in each.headers for each in sent] == other
    assert any(other)


def test_only_a_server_that_says_so_explains_nothing():
    experiment = served_by(bare=Server(reports_timing=False), usual=Server())
    assert [experiment.reports_timing(each) for each in experiment.all_variants] == [False, True]
    assert declare().reports_timing(NAIVE)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"interface": "cgi"}, "unknown server interface 'cgi'; use one of wsgi, asgi"),
        ({"environment": {"A-B": "1"}}, "'A-B' cannot be an environment variable"),
        ({"upstream": "shop.upstream"}, "no application; write it as package.module:name"),
    ],
)
def test_servers_that_could_not_be_started_are_refused(change, problem):
    with pytest.raises(DeclarationError, match=problem):
        Server(**change)


def test_a_servers_environment_cannot_be_changed_after_the_declaration():
    with pytest.raises(TypeError):
        Server().environment["A"] = "1"
