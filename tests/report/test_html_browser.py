"""The HTML report in a real browser: on a phone and on a wide screen, in light and in dark."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from headtohead.report import html
from headtohead.sweep.report import page
from tests.report import samples
from tests.report.everything import compared, everything, explained
from tests.report.rendering import in_html
from tests.sweep import factories

pytestmark = pytest.mark.browser

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (400, 1600)
HEIGHT = 800
SCHEMES = ("light", "dark")
# WCAG 2.2, success criterion 1.4.3.
LEAST_CONTRAST = 4.5

# Whatever is folded has to be readable once it is not.
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"

# Labels that leave their chart, and pairs of one chart's labels that overlap.
MISPLACED_LABELS = """() => {
  const inside = (box, frame) =>
    box.left >= frame.left && box.right <= frame.right &&
    box.top >= frame.top && box.bottom <= frame.bottom;
  const overlap = (one, other) =>
    one.left < other.right && other.left < one.right &&
    one.top < other.bottom && other.top < one.bottom;
  const wrong = [];
  for (const svg of document.querySelectorAll("svg.chart")) {
    const frame = svg.getBoundingClientRect();
    const labels = [...svg.querySelectorAll("text")].map((text) => ({
      text: text.textContent, box: text.getBoundingClientRect(),
    }));
    labels.forEach(({text, box}, index) => {
      if (!inside(box, frame)) wrong.push(`${text} leaves its chart`);
      for (const other of labels.slice(index + 1)) {
        if (overlap(box, other.box)) wrong.push(`${text} overlaps ${other.text}`);
      }
    });
  }
  return wrong;
}"""

# Every element with text of its own: the text, its colour and what lies behind it, as [r, g, b].
TEXT_COLOURS = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    const [red, green, blue, alpha = 1] = channels(getComputedStyle(element).backgroundColor);
    return alpha === 1 ? [red, green, blue] : behind(element.parentElement);
  };
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  return [...document.body.querySelectorAll("*:not(title, desc)")]
    .filter((element) => element.checkVisibility() && hasText(element))
    .map((element) => {
      const style = getComputedStyle(element);
      const colour = element instanceof SVGElement ? style.fill : style.color;
      return [element.textContent.trim(), channels(colour).slice(0, 3), behind(element)];
    });
}"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page as a reader has it before them, and what it did on the way."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def find_chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing = f"none of {', '.join(names)} is installed"
        if os.environ.get("H2H_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


# Playwright's event loop lives as long as its fixture, and Django refuses its ORM beside a running
# loop: the fixture must end with this module.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield started
        started.close()


PAGES = {
    "everything": lambda: in_html(everything(), explained=explained()),
    "two revisions": lambda: in_html(compared()),
    "long names": lambda: in_html(samples.SAMPLES["long names"]()),
    "only invalid": lambda: in_html(samples.run(samples.invalid())),
    "sweep": lambda: html.render(page(factories.sweep(factories.explained_sizes()))),
}


@pytest.fixture(scope="module", params=PAGES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(PAGES[request.param](), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module", params=WIDTHS, ids=lambda width: f"{width}px")
def shown(
    request: pytest.FixtureRequest, browser: Browser, report: Path, scheme: str
) -> Iterator[Shown]:
    page = browser.new_page(
        viewport={"width": request.param, "height": HEIGHT},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    shown = Shown(page=page, address=report.as_uri())
    page.on("request", lambda sent: shown.requests.append(sent.url))
    page.on("console", lambda message: shown.complaints.append(message.text))
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    page.goto(shown.address)
    page.evaluate(UNFOLD)
    yield shown
    page.close()


def test_nothing_but_the_file_is_requested(shown: Shown) -> None:
    assert shown.requests == [shown.address]
    assert shown.complaints == []


def test_the_page_never_scrolls_sideways(shown: Shown) -> None:
    needed, given = shown.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert needed <= given


def test_the_first_verdict_is_seen_without_scrolling(shown: Shown) -> None:
    box = shown.page.locator(".verdicts li").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= HEIGHT


def test_labels_of_charts_neither_overlap_nor_leave_them(shown: Shown) -> None:
    assert shown.page.evaluate(MISPLACED_LABELS) == []


def test_text_stands_out_from_what_lies_behind_it(shown: Shown) -> None:
    faint = {
        text: round(contrast(colour, background), 2)
        for text, colour, background in shown.page.evaluate(TEXT_COLOURS)
        if contrast(colour, background) < LEAST_CONTRAST
    }
    assert faint == {}


def test_dark_and_light_pages_differ(shown: Shown, scheme: str) -> None:
    texts = shown.page.evaluate(TEXT_COLOURS)
    assert len(texts) > 50
    backgrounds = {tuple(background) for _, _, background in texts}
    assert all((luminance(colour) < 0.5) == (scheme == "dark") for colour in backgrounds)


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance of an sRGB colour, as WCAG defines it."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Contrast ratio of two colours, between 1 and 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
