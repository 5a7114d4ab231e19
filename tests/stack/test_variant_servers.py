from dataclasses import replace
from urllib.request import urlopen

import pytest

from headtohead.check.equal_answers import check
from headtohead.errors import ConfigurationError
from headtohead.experiment import Server, Variant
from headtohead.stack.target import target_of
from headtohead.stack.variant_servers import served
from tests.check.test_equal_answers import experiment, target
from tests.stack.conftest import running, settings  # noqa: F401

RED = Variant(
    name="red",
    selector="shop.served",
    server=Server(environment={"COLOUR": "red"}, reports_timing=False),
)
BLUE = replace(
    RED, name="blue", server=Server(environment={"COLOUR": "blue"}, reports_timing=False)
)


def ignore(_: str) -> None:
    """Progress that nobody watches."""


def colours(path="/environment/?name=COLOUR", **changes):
    return replace(experiment(path), **changes)


def answer(url: str) -> str:
    with urlopen(f"{url}/environment/?name=COLOUR", timeout=10) as response:
        return response.read().decode()


def test_an_experiment_without_servers_leaves_the_target_as_it_is():
    elsewhere = target("http://127.0.0.1:9")
    with served(experiment("/"), target=elsewhere, note=ignore) as there:
        assert there is elsewhere
        assert there.url_of(experiment("/"), experiment("/").baseline) == "http://127.0.0.1:9"


def test_servers_elsewhere_are_not_ours_to_start():
    declared = colours(baseline=RED, variants=(BLUE,))
    with (
        pytest.raises(ConfigurationError, match="e starts servers of its own.*leave --url out"),
        served(declared, target=target("http://127.0.0.1:9"), note=ignore),
    ):
        pytest.fail("the block must not begin")


@pytest.mark.stack
def test_each_variant_has_its_own_and_preflight_asks_there(running):  # noqa: F811
    declared = colours(baseline=RED, variants=(BLUE,))
    with served(declared, target=target_of(running), note=ignore) as there:
        assert "red" in answer(there.url_of(declared, RED))
        assert "blue" in answer(there.url_of(declared, BLUE))
        assert "null" in answer(there.base_url)
        assert {"API e/red", "API e/blue"} <= there.processes.keys() == there.servers.keys()
        (finding,) = check(declared, target=there).findings
        assert 'body.COLOUR: "red", not "blue"' in finding.problem


@pytest.mark.stack
def test_variants_whose_servers_are_declared_alike_share_one(running):  # noqa: F811
    shared = Server(environment={"COLOUR": "red"}, reports_timing=False)
    declared = replace(experiment("/environment/?name=COLOUR"), server=shared)
    with served(declared, target=target_of(running), note=ignore) as there:
        assert len(set(there.own_urls.values())) == 1
        assert there.own_urls.keys() == {"e/one", "e/other"}
        assert check(declared, target=there).findings == ()


@pytest.mark.stack
def test_a_variant_without_a_server_stays_with_the_api(running):  # noqa: F811
    declared = colours(baseline=Variant(name="plain", selector="shop.served"), variants=(RED,))
    with served(declared, target=target_of(running), note=ignore) as there:
        assert there.url_of(declared, declared.baseline) == there.base_url
        assert there.url_of(declared, RED) != there.base_url
