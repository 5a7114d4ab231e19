import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from headtohead.records.run import Run
from headtohead.report.findings import findings
from headtohead.report.numbers import count, interval, percent, quantity, ratio, size
from tests.report import samples
from tests.report.rendering import in_html

VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """Text, attributes and ids of a page whose elements must be closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def values(self, attribute: str) -> Iterator[str]:
        return (value for _, name, value in self.attributes if name == attribute)


def test_every_finding_is_told_in_a_sentence(sample: Run) -> None:
    text = Page(in_html(sample)).text
    for finding in findings(sample):
        assert (finding.sentence in text) is not finding.quiet


def test_the_numbers_shown_are_those_of_the_record(sample: Run) -> None:
    page = Page(in_html(sample))
    cells = {words.strip() for words in page.words}
    for experiment in sample.experiments:
        assert experiment.question in page.text
        assert f"{experiment.method} {experiment.path}" in page.text
        for variant in experiment.variants:
            latency = variant.latency_ms
            for value in (latency.p50, latency.p95, latency.p99, latency.mean):
                assert quantity(value) in cells
            assert quantity(variant.throughput_rps) in cells
            assert quantity(variant.db_ms_per_request) in cells
            assert count(variant.queries_per_request) in cells
            assert count(variant.errors) in cells
            assert size(variant.bytes_per_response) in cells
            if variant.cache_hit_ratio is not None:
                assert percent(variant.cache_hit_ratio) in cells
    for finding in findings(sample):
        if finding.usable:
            assert ratio(finding.comparison.ratio) in cells
            assert interval(finding.comparison.ci95) in cells


def test_the_page_needs_nothing_from_outside(sample: Run) -> None:
    source = in_html(sample)
    assert not re.search(r"https?:|//\w|@import|url\(|<script", source)
    assert set(Page(source).values("href")) == {"data:,"}
    assert not list(Page(source).values("src"))


def test_ids_are_unique_and_every_reference_resolves(sample: Run) -> None:
    page = Page(in_html(sample))
    ids = list(page.values("id"))
    assert len(ids) == len(set(ids))
    references = {name for value in page.values("aria-labelledby") for name in value.split()}
    assert references <= set(ids)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img onerror=x>', "{{ 7*7 }}"])
def test_hostile_text_is_shown_as_text(hostile: str) -> None:
    experiment = samples.ten_times_faster()
    baseline, variant = experiment.variants
    (comparison,) = experiment.comparisons
    source = in_html(
        samples.run(
            replace(
                experiment,
                name=hostile,
                question=hostile,
                path=hostile,
                variants=(baseline, replace(variant, name=hostile)),
                comparisons=(replace(comparison, variant=hostile),),
            ),
            run_id=hostile,
        )
    )
    page = Page(source)
    assert hostile in page.text
    assert not {tag for tag, *_ in page.attributes} & {"script", "img"}
    assert not list(page.values("onerror"))


def test_an_invalid_experiment_is_neither_plotted_nor_given_a_ratio() -> None:
    source = in_html(samples.run(samples.invalid(), samples.slower()))
    assert source.count('class="chart effect"') == 1
    assert "0.0603" not in source


def test_a_run_without_a_valid_experiment_has_no_effect_plot() -> None:
    source = in_html(samples.run(samples.invalid()))
    assert 'id="effects"' not in source


def test_tables_are_captioned_and_their_headers_scoped(sample: Run) -> None:
    source = in_html(sample)
    assert (
        source.count("<caption")
        == source.count("<table")
        == sum(
            2 + bool(experiment.steps or experiment.offered) for experiment in sample.experiments
        )
    )
    assert source.count("<th ") == source.count('<th scope="')
    assert "<th>" not in source


def test_every_chart_says_in_words_what_it_shows(sample: Run) -> None:
    source = in_html(sample)
    charts = source.count('role="img"')
    assert charts == source.count("<desc id=") == source.count("<title id=")
