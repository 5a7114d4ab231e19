"""The metrics that a run exports of itself: the load generator's, and what it has found so far."""

import math
from time import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from headtohead.analysis.results import Metric
from headtohead.experiment import Experiment
from headtohead.modes.mode import Progress, Traffic
from headtohead.protocol.server_timing import BUCKETS
from headtohead.records.results import ExperimentResult

_EXPERIMENT = ("experiment",)
_VARIANT = (*_EXPERIMENT, "variant")
_COMPARISON = (*_VARIANT, "metric")


class RunMetrics:
    """The metrics of one run, in a registry of their own, whose series end with the process.

    Labels are bounded: experiments and variants are declared, and there is one run.

    Args:
        run_id: The run's name.
    """

    def __init__(self, run_id: str) -> None:
        self.registry = registry = CollectorRegistry()
        self._run_id = run_id
        self._users = Gauge(
            "headtohead_generator_users",
            "Users who send requests, or stand by to in the open model.",
            _EXPERIMENT,
            registry=registry,
        )
        self._requests = Counter(
            "headtohead_generator_requests_total",
            "Measured requests, wash-out requests included and warm-up excluded.",
            _VARIANT,
            registry=registry,
        )
        self._errors = Counter(
            "headtohead_generator_errors_total",
            "Those of them that failed.",
            _VARIANT,
            registry=registry,
        )
        self._pairs = Counter(
            "headtohead_generator_pairs_total",
            "Request pairs, or rounds under load, by the variant that is compared in them.",
            _VARIANT,
            registry=registry,
        )
        self._response = Histogram(
            "headtohead_generator_response_seconds",
            "Times of requests that are compared, as the client sees them; in the open model from "
            "when they were due.",
            _VARIANT,
            buckets=BUCKETS,
            registry=registry,
        )
        self._rate = Gauge(
            "headtohead_generator_planned_rate",
            "Requests a second that are planned in the open model, to one variant at a time.",
            _EXPERIMENT,
            registry=registry,
        )
        self._late = Gauge(
            "headtohead_generator_late_seconds",
            "How late a request of the last stretch of the open model was sent at worst.",
            _EXPERIMENT,
            registry=registry,
        )
        self._lag = Gauge(
            "headtohead_generator_loop_lag_seconds",
            "By how much the generator's loop was late at worst, since the report before.",
            _EXPERIMENT,
            registry=registry,
        )
        self._cpu = Gauge(
            "headtohead_generator_cpu_ratio",
            "CPU time of the generator over the time that passed; 1 is a whole core.",
            _EXPERIMENT,
            registry=registry,
        )
        self._ratio = Gauge(
            "headtohead_run_ratio",
            "Variant over baseline, as far as it is known.",
            _COMPARISON,
            registry=registry,
        )
        self._low = Gauge(
            "headtohead_run_ratio_low",
            "Lower bound of its 95 % interval.",
            _COMPARISON,
            registry=registry,
        )
        self._high = Gauge(
            "headtohead_run_ratio_high",
            "Upper bound of its 95 % interval.",
            _COMPARISON,
            registry=registry,
        )
        self._position = Gauge(
            "headtohead_run_position_ratio",
            "The part of the budget that is spent, or saved by an early stop.",
            _EXPERIMENT,
            registry=registry,
        )
        self._events = Gauge(
            "headtohead_run_event_timestamp_seconds",
            "When something last happened: start, end, verdict, or a switch of load to a variant.",
            ("run_id", *_VARIANT, "event"),
            registry=registry,
        )

    def begin(self, experiment: Experiment) -> None:
        """Measuring of an experiment begins; its counters are there before they count."""
        for variant in experiment.all_variants:
            for metric in (self._requests, self._errors, self._pairs, self._response):
                metric.labels(experiment.name, variant.name)
        self._position.labels(experiment.name).set(0)
        self._happened("start", experiment=experiment.name)

    def update(self, progress: Progress, *, experiment: str) -> None:
        """It has come this far."""
        self._add(progress.traffic, experiment=experiment)
        self._position.labels(experiment).set(progress.position)
        if progress.ratio is not None:
            labels = (experiment, progress.variant, progress.metric)
            self._compared(labels, ratio=progress.ratio, interval=progress.interval)

    def end(self, result: ExperimentResult) -> None:
        """It is done; what it found is what the record says, and nobody sends requests."""
        for comparison in result.comparisons:
            labels = (result.name, comparison.variant, comparison.metric)
            self._compared(labels, ratio=comparison.ratio, interval=comparison.ci95)
        self._position.labels(result.name).set(1)
        self._users.labels(result.name).set(0)
        self._happened("end", experiment=result.name)

    def judged(self, result: ExperimentResult) -> None:
        """Its verdicts are final."""
        for comparison in result.comparisons:
            self._happened("verdict", experiment=result.name, variant=comparison.variant)

    def _add(self, traffic: Traffic, *, experiment: str) -> None:
        self._users.labels(experiment).set(traffic.users)
        for gauge, value in (
            (self._cpu, traffic.cpu_share),
            (self._lag, traffic.lag_seconds),
            (self._rate, traffic.rate),
            (self._late, traffic.late_seconds),
        ):
            if value is not None:
                gauge.labels(experiment).set(value)
        for name, arm in traffic.arms.items():
            labels = (experiment, name)
            self._requests.labels(*labels).inc(arm.requests)
            self._errors.labels(*labels).inc(arm.errors)
            self._pairs.labels(*labels).inc(arm.pairs)
            response = self._response.labels(*labels)
            for milliseconds in arm.response_ms:
                response.observe(milliseconds / 1000)
            if arm.turned_to is not None:
                self._happened("switch", experiment=experiment, variant=name, at=arm.turned_to)

    def _compared(
        self, labels: tuple[str, str, Metric], *, ratio: float, interval: tuple[float, float]
    ) -> None:
        self._ratio.labels(*labels).set(ratio)
        low, high = interval
        # Too few pairs give no interval, which a picture could only show wrongly.
        if math.isfinite(high):
            self._low.labels(*labels).set(low)
            self._high.labels(*labels).set(high)

    def _happened(
        self, event: str, *, experiment: str, variant: str = "", at: float | None = None
    ) -> None:
        labels = (self._run_id, experiment, variant, event)
        self._events.labels(*labels).set(time() if at is None else at)
