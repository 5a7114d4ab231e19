"""Metrics of a run, fetched over HTTP as Prometheus does."""

import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import pytest

from headtohead.errors import ConfigurationError
from headtohead.host.ports import HOST, free_port
from headtohead.run import metrics_exporter
from headtohead.run.metrics_exporter import exporting
from tests.check.test_equal_answers import experiment
from tests.report.samples import several_variants
from tests.run.test_metrics import RUN, progress
from tests.run.test_run_experiments import Witness, recorded

WAITING = "waiting for a last scrape of the metrics"


def fetch(port: int) -> str:
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as response:
        assert response.headers["Content-Type"].startswith("text/plain")
        return response.read().decode()


class Scraper:
    """Fetches again and again once it is started, until there is nothing to fetch."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._fetched: list[str] = []
        self._thread = Thread(target=self._fetch)

    def start(self) -> None:
        self._thread.start()

    def last(self) -> str:
        self._thread.join()
        return self._fetched[-1]

    def _fetch(self) -> None:
        with suppress(OSError):
            while True:
                self._fetched.append(fetch(self._port))


class Listener(Witness):
    """Remembers notes, too, and reacts to the one that says a scrape is awaited."""

    def __init__(self, *, react: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.notes: list[str] = []
        self._react = react

    def note(self, text: str) -> None:
        self.notes.append(text)
        if text == WAITING:
            self._react()


def test_without_a_port_nothing_is_exported():
    with exporting(HOST, 0, run_id=RUN, observer=Witness()) as exported:
        assert exported is None


@pytest.mark.parametrize(
    "headers", [{"Host": "rebound.example"}, {"Origin": "https://site.example"}]
)
def test_a_page_of_another_site_gets_no_metrics(headers, monkeypatch):
    monkeypatch.setattr(metrics_exporter, "PATIENCE_SECONDS", 0)
    port = free_port()
    with exporting(HOST, port, run_id=RUN, observer=Witness()):
        asked = urllib.request.Request(f"http://{HOST}:{port}/metrics", headers=headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=10)
        assert refused.value.code == 403
        assert "headtohead" not in refused.value.read().decode()
        assert fetch(port)


def test_metrics_are_there_while_the_run_lasts_and_the_observer_is_told_everything():
    port = free_port()
    listener = Listener(react=Scraper(port).start)
    with exporting(HOST, port, run_id=RUN, observer=listener) as exported:
        exported.begin(experiment("/equal"))
        exported.update(progress())
        requests = 'headtohead_generator_requests_total{experiment="e",variant="other"} 4.0'
        assert requests in fetch(port)
        exported.note("something")
        exported.end(several_variants())
    assert listener.ended == [several_variants()]
    assert listener.notes == ["something", WAITING]


def test_the_run_waits_until_its_last_numbers_are_fetched():
    port = free_port()
    scraper = Scraper(port)
    with exporting(HOST, port, run_id=RUN, observer=Listener(react=scraper.start)) as exported:
        fetch(port)
        exported.judged(several_variants())
    assert 'event="verdict",experiment="product-detail"' in scraper.last()


def test_the_run_does_not_wait_forever_where_nobody_fetches(monkeypatch):
    monkeypatch.setattr(metrics_exporter, "PATIENCE_SECONDS", 0.0)
    listener = Listener()
    with exporting(HOST, free_port(), run_id=RUN, observer=listener):
        pass
    assert listener.notes == [WAITING, "nobody fetched the metrics within 0 s"]


def test_a_failed_run_waits_for_nobody_and_frees_its_port():
    port, listener = free_port(), Listener()
    with pytest.raises(RuntimeError), exporting(HOST, port, run_id=RUN, observer=listener):
        raise RuntimeError
    assert listener.notes == []
    with socket.create_server((HOST, port)):
        pass


def test_ctrl_c_ends_the_waiting_and_not_the_run(monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(metrics_exporter._Scrapes, "another", interrupted)
    with exporting(HOST, free_port(), run_id=RUN, observer=Listener()):
        pass


def test_a_port_that_is_taken_is_refused_with_the_fix():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=rf"{HOST}:{port} .*--metrics-port"),
            exporting(HOST, port, run_id=RUN, observer=Witness()),
        ):
            pass


def test_a_whole_run_exports_what_it_records(variants_server, tmp_path, monkeypatch):
    port = free_port()
    scraper = Scraper(port)
    monkeypatch.setattr(
        "tests.run.test_run_experiments.Witness", lambda: Listener(react=scraper.start)
    )
    record = recorded(
        [experiment("/slow-baseline")],
        url=variants_server,
        folder=tmp_path,
        budget=1.0,
        metrics_port=port,
    )
    (result,) = record.experiments
    (comparison,) = result.comparisons
    last = scraper.last()
    labels = 'experiment="e",metric="latency",variant="other"'
    assert f"headtohead_run_ratio{{{labels}}} {comparison.ratio}" in last
    pairs = 'headtohead_generator_pairs_total{experiment="e",variant="other"}'
    assert f"{pairs} {float(result.pairs)}" in last
    assert f'event="verdict",experiment="e",run_id="{record.run_id}",variant="other"' in last
