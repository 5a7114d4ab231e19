"""What browsers are told with every response, whatever it is."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Browser, Page, sync_playwright

from tests.app.config.test_schema import addresses
from tests.faults.conftest import running_shop  # noqa: F401
from tests.faults.shop import Shop
from tests.report.test_html_browser import OPTIONS, find_chromium

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATIC = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
DOCS = "/api/docs/"


def directives(policy: str) -> dict[str, str]:
    return dict(each.strip().split(" ", 1) for each in policy.split(";"))


def policy_of(client: Client, path: str, method: str = "GET") -> dict[str, str]:
    """The policy of a response that has all the other headers, too."""
    client.raise_request_exception = False
    with closing(client.generic(method, path)) as response:
        assert {name: response.get(name) for name in EVERYWHERE} == EVERYWHERE, path
        assert "Permissions-Policy" in response
        assert "Access-Control-Allow-Origin" not in response
        return directives(response["Content-Security-Policy"])


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_every_address_lets_nothing_be_run_shown_or_framed(client: Client, method: str) -> None:
    paths = {each.replace("{}", "1") for each in addresses(get_resolver().url_patterns)} - {DOCS}
    for path in sorted(paths | {STATIC, "/", "/nowhere/", "/api/products"}):
        policy = policy_of(client, path, method)
        assert policy["default-src"] == "'none'", path
        assert policy["frame-ancestors"] == "'none'", path
        assert "script-src" not in policy, path


@pytest.mark.django_db
def test_a_failure_of_ours_is_protected_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr("app.catalog.selectors.tag_list", fail)
    assert policy_of(client, "/api/tags/")["default-src"] == "'none'"


def test_the_documentation_runs_scripts_of_this_server_alone(client: Client) -> None:
    policy = policy_of(client, DOCS)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    page = client.get(DOCS).content.decode()
    assert page.count("<script") == page.count("<script src=") == 3


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with closing(browser.new_page()) as opened:
        yield opened


@pytest.mark.browser
@pytest.mark.stack
def test_swagger_ui_works_under_its_policy(running_shop: Shop, page: Page) -> None:  # noqa: F811
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{running_shop.url}{DOCS}")
    page.click("[id*=tags_list] .opblock-summary-control")
    page.click("text=Try it out")
    page.click("text=Execute")
    answered = page.inner_text(".live-responses-table")
    assert '"count"' in answered
    assert complaints == []
