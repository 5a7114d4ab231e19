import io

import pytest
from rich.console import Console

from headtohead.measurement import Run
from headtohead.report import html, markdown, terminal
from headtohead.report.findings import findings
from headtohead.report.open_model import OPEN_HEADERS, open_load, open_rows
from tests.report import samples


def printed(run: Run) -> str:
    file = io.StringIO()
    terminal.render(run, console=Console(file=file, width=160))
    return file.getvalue()


def test_rows_show_what_was_planned_and_both_kinds_of_time():
    naive, prefetched = open_rows(samples.open_model())
    assert len(naive) == len(prefetched) == len(OPEN_HEADERS)
    assert naive[:4] == ("naive", "1,240", "31 (2.5 %)", "50.4 /s")
    response, service, late = naive[4:]
    assert response != service
    assert late == "0.080 / 1,310 / 1,572"
    assert prefetched[2] == "0 (0 %)"


def test_load_names_rate_arrivals_stretch_and_pool():
    line = open_load(samples.open_model())
    assert line.startswith("poisson arrivals at 50.0 /s for 1 s at one variant after another")
    assert "up to 256 at a time" in line


@pytest.mark.parametrize("render", [html.render, markdown.render, printed])
def test_every_report_shows_response_and_service_time_lateness_and_unsent_work(render):
    text = render(samples.run(samples.open_model()))
    for row in open_rows(samples.open_model()):
        for cell in row[1:]:
            assert cell in text
    for header in OPEN_HEADERS:
        assert header.lower() in text.lower()
    assert "were never sent" in text
    assert "cannot keep up" in text


@pytest.mark.parametrize("render", [html.render, markdown.render, printed])
def test_reports_of_other_modes_do_not_speak_of_it(render):
    assert "Service" not in render(samples.run(samples.under_load()))


def test_sentences_name_the_rate_and_not_the_pool():
    latency, p95, _ = findings(samples.run(samples.open_model()))
    assert latency.sentence.startswith("product-list at 50.0 /s: prefetched is ")
    assert p95.sentence.startswith("product-list at 50.0 /s, p95: ")
