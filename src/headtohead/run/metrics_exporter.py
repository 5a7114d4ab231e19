"""A run's metrics over HTTP while it lasts, and until they have been fetched once more.

A run may end between two scrapes, and what it counted last would be lost. Pushing would need a
gateway, whose series outlive the run; so the run waits a moment for whoever scrapes it, which needs
no address of theirs. All of this is in the process of `h2h run`, not in the load generator's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment
from headtohead.host.interrupts import interrupts_end_only_this
from headtohead.modes.mode import Observer, Progress
from headtohead.protocol.own_ports import is_foreign
from headtohead.records.results import ExperimentResult
from headtohead.run.metrics import RunMetrics

# Twice what Prometheus is told to take from one scrape of a server to the next.
PATIENCE_SECONDS = 10.0


class MetricsExporter:
    """Tells an observer what a run tells, and counts it in metrics.

    Args:
        observer: Whom to pass everything on to.
        metrics: What to keep up to date.
    """

    def __init__(self, observer: Observer, *, metrics: RunMetrics) -> None:
        self._observer = observer
        self._metrics = metrics
        self._experiment = ""

    def note(self, text: str) -> None:
        """Something happens that takes a moment."""
        self._observer.note(text)

    def begin(self, experiment: Experiment) -> None:
        """Measuring of an experiment begins."""
        self._experiment = experiment.name
        self._metrics.begin(experiment)
        self._observer.begin(experiment)

    def update(self, progress: Progress) -> None:
        """It has come this far."""
        self._metrics.update(progress, experiment=self._experiment)
        self._observer.update(progress)

    def end(self, result: ExperimentResult) -> None:
        """It is done."""
        self._metrics.end(result)
        self._observer.end(result)

    def judged(self, result: ExperimentResult) -> None:
        """Its verdicts are final, which is nothing that an observer has to be told."""
        self._metrics.judged(result)


@contextmanager
def exporting(
    host: str, port: int, *, run_id: str, observer: Observer
) -> Iterator[MetricsExporter | None]:
    """Export the metrics of a run, and when the block ends wait until somebody has fetched them.

    Args:
        host: Address of this machine where to export them.
        port: Port of that address; with 0 nothing is exported.
        run_id: The run's name.
        observer: Whom the exporter tells what it is told.

    Raises:
        ConfigurationError: That address cannot be had.
    """
    if not port:
        yield None
        return
    metrics = RunMetrics(run_id)
    with _serving(metrics.registry, host=host, port=port) as scrapes:
        yield MetricsExporter(observer, metrics=metrics)
        observer.note("waiting for a last scrape of the metrics")
        # By now the run is complete, so an impatient Ctrl-C ends the waiting and no more.
        with interrupts_end_only_this():
            if not scrapes.another(patience=PATIENCE_SECONDS):
                observer.note(f"nobody fetched the metrics within {PATIENCE_SECONDS:.0f} s")


class _Scrapes:
    """What became of requests for the metrics."""

    def __init__(self) -> None:
        self._awaited = Event()
        self._answered = Event()

    def another(self, *, patience: float) -> bool:
        """Wait for one that begins from now on to be answered in full; False if none was."""
        self._awaited.set()
        return self._answered.wait(patience)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer one within the block."""
        counts = self._awaited.is_set()
        yield
        if counts:
            self._answered.set()


@contextmanager
def _serving(registry: CollectorRegistry, *, host: str, port: int) -> Iterator[_Scrapes]:
    scrapes = _Scrapes()

    class Handler(BaseHTTPRequestHandler):
        """Answers every GET with the metrics, unless a page of another site sends it."""

        def do_GET(self) -> None:
            host, origin = self.headers.get("Host", ""), self.headers.get("Origin", "")
            if is_foreign(host=host, origin=origin):
                self.send_error(HTTPStatus.FORBIDDEN)
                return
            with scrapes.answering():
                encode, content_type = choose_encoder(self.headers.get("Accept", ""))
                body = encode(registry)
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the terminal shows the run."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise ConfigurationError(
            f"metrics cannot be exported at {host}:{port} ({error.strerror})",
            fix="wait for the run that uses it, or give another with --metrics-port",
        ) from error
    # How soon it notices that it is to end; half a second is the default.
    thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield scrapes
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
