"""The rules of other tools, as each of them computes its verdict from raw times.

Such tools measure one version after the other. What they would make of it is told by the baseline's
requests in the first half of a trace against the variant's in the second half. Judged on all
requests of both arms, which our pairs interleave, they show what the rule alone is worth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import mannwhitneyu, ttest_ind
from scipy.stats import t as student

from benchmarks.validation.judgement import Claim, Evidence, Judgement, Rule
from benchmarks.validation.trace import Trace
from headtohead.analysis.interval import FloatArray

SIGNIFICANCE = 0.05
# `go test -count 10` is what benchstat's manual asks for.
BENCHSTAT_RUNS = 10
# asv_runner.statistics.is_different and asv's --factor.
ASV_SIGNIFICANCE = 0.002
ASV_FACTOR = 1.1
# The example of Bencher's manual: at most 64 earlier results, an upper boundary of 0.99.
BENCHER_RESULTS = 64
BENCHER_BOUNDARY = 0.99


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Raw times in milliseconds, in the order they were measured."""

    before: FloatArray
    after: FloatArray


def interleaved(trace: Trace) -> Samples:
    """All requests of both arms."""
    return Samples(before=trace.baseline_ms, after=trace.variant_ms)


def in_sequence(trace: Trace) -> Samples:
    """The baseline's requests in the first half of the time, the variant's in the second."""
    half = int(np.searchsorted(trace.elapsed, trace.seconds / 2, side="right"))
    half = min(max(half, 1), len(trace) - 1)
    return Samples(before=trace.baseline_ms[:half], after=trace.variant_ms[half:])


def pytest_benchmark(samples: Samples, *, centre: Callable[[FloatArray], float]) -> Claim:
    """Fails above 5 % (pytest_benchmark.utils.PercentageRegressionCheck)."""
    return _slower(centre(samples.after) / centre(samples.before) * 100 - 100 > 5)


def github_action_benchmark(samples: Samples) -> Claim:
    """Alerts when ops, bigger being better, fell below a half (src/write.ts, findAlerts)."""
    ops_before, ops_after = 1 / np.mean(samples.before), 1 / np.mean(samples.after)
    return _slower(bool(ops_before / ops_after > 2))


def welch(samples: Samples) -> Claim:
    """Welch's t-test on raw requests, two-sided at 5 %."""
    p = float(ttest_ind(samples.before, samples.after, equal_var=False).pvalue)
    return _by_centre(samples, centre=np.mean) if p < SIGNIFICANCE else Claim.NOTHING


def mann_whitney(samples: Samples) -> Claim:
    """The rank-sum test on raw requests, two-sided at 5 %."""
    p = float(mannwhitneyu(samples.before, samples.after).pvalue)
    return _by_centre(samples, centre=np.median) if p < SIGNIFICANCE else Claim.NOTHING


def benchstat(samples: Samples) -> Claim:
    """Mann-Whitney at 5 % on the results of ten runs (golang.org/x/perf, benchmath.AssumeNothing).

    A result of `go test -bench` is the mean of its run, so the runs are ten blocks of requests.
    """
    runs = Samples(before=_run_means(samples.before), after=_run_means(samples.after))
    return mann_whitney(runs)


def asv(samples: Samples) -> Claim:
    """Medians 10 % apart and a rank-sum test below 0.002 (asv.commands.compare, asv_runner)."""
    test = mannwhitneyu(samples.before, samples.after, method="asymptotic", use_continuity=False)
    if not float(test.pvalue) < ASV_SIGNIFICANCE:
        return Claim.NOTHING
    before, after = float(np.median(samples.before)), float(np.median(samples.after))
    if after > before * ASV_FACTOR:
        return Claim.SLOWER
    return Claim.FASTER if after < before / ASV_FACTOR else Claim.NOTHING


def locust(samples: Samples, *, centre: Callable[[FloatArray], float]) -> Claim:
    """Two runs compared by eye: more than 5 % slower in the table that Locust prints."""
    return _slower(centre(samples.after) / centre(samples.before) > 1.05)


def locust_median(milliseconds: FloatArray) -> float:
    """The median of times rounded as Locust's statistics keep them (locust.stats)."""
    digits = np.select(
        [milliseconds < 100, milliseconds < 1000, milliseconds < 10_000], [0, 1, 2], 3
    )
    unit = 10.0**digits
    return max(float(np.median(np.rint(milliseconds / unit) * unit)), 1.0)


def bencher(evidence: Evidence) -> Judgement | None:
    """Alerts above a Student's t quantile of earlier results (lib/bencher_boundary).

    The limit is mean + t * standard deviation over the earlier results of the main branch, with
    n - 1 degrees of freedom and the deviation divided by n, as its source does. A result is the
    mean of a run.
    """
    earlier = evidence.earlier_ms[-BENCHER_RESULTS:]
    if len(earlier) < 2 or np.ptp(earlier) == 0:
        return None
    mean = float(np.mean(earlier))
    quantile = float(student.ppf(BENCHER_BOUNDARY, len(earlier) - 1))
    limit = mean + quantile * float(np.std(earlier))
    result = float(np.mean(evidence.trace.variant_ms))
    return Judgement(
        claim=_slower(result > limit),
        seconds=evidence.trace.seconds,
        ratio=result / mean,
        interval=None,
    )


def _run_means(milliseconds: FloatArray) -> FloatArray:
    runs = np.array_split(milliseconds, min(BENCHSTAT_RUNS, len(milliseconds)))
    return np.array([run.mean() for run in runs])


def _by_centre(samples: Samples, *, centre: Callable[[FloatArray], float]) -> Claim:
    return Claim.SLOWER if centre(samples.after) > centre(samples.before) else Claim.FASTER


def _slower(is_slower: bool) -> Claim:  # noqa: FBT001 (what it says is its only meaning)
    return Claim.SLOWER if is_slower else Claim.NOTHING


def _rules(
    name: str,
    *,
    source: str,
    test: Callable[[Samples], Claim],
    centre: Callable[[FloatArray], float] = np.mean,
) -> tuple[Rule, Rule]:
    """A rule on arms measured one after the other, and on interleaved ones."""

    def judge(evidence: Evidence, *, arms: Callable[[Trace], Samples]) -> Judgement:
        samples = arms(evidence.trace)
        return Judgement(
            claim=test(samples),
            seconds=evidence.trace.seconds,
            ratio=float(centre(samples.after) / centre(samples.before)),
            interval=None,
        )

    return (
        Rule(
            name=f"{name}, in sequence",
            own=False,
            source=source,
            judge=partial(judge, arms=in_sequence),
            of_means=centre is np.mean,
        ),
        Rule(
            name=f"{name}, interleaved",
            own=False,
            source=source,
            judge=partial(judge, arms=interleaved),
            of_means=centre is np.mean,
        ),
    )


TOOL_RULES = (
    *_rules(
        "pytest-benchmark mean:5%",
        source="pytest_benchmark.utils.PercentageRegressionCheck",
        test=partial(pytest_benchmark, centre=np.mean),
    ),
    *_rules(
        "pytest-benchmark min:5%",
        source="pytest_benchmark.utils.PercentageRegressionCheck",
        test=partial(pytest_benchmark, centre=np.min),
        centre=np.min,
    ),
    *_rules(
        "github-action-benchmark 200%",
        source="benchmark-action/github-action-benchmark, src/write.ts",
        test=github_action_benchmark,
    ),
    Rule(
        name="Bencher t-test 0.99",
        own=False,
        source="bencherdev/bencher, lib/bencher_boundary",
        judge=bencher,
        of_means=True,
    ),
    *_rules("Welch t", source="scipy.stats.ttest_ind on raw requests", test=welch),
    *_rules(
        "Mann-Whitney",
        source="scipy.stats.mannwhitneyu on raw requests",
        test=mann_whitney,
        centre=np.median,
    ),
    _rules(
        "two Locust runs by mean",
        source="locust.stats, Average, 5 % by eye",
        test=partial(locust, centre=np.mean),
    )[0],
    _rules(
        "two Locust runs by median",
        source="locust.stats, Median, 5 % by eye",
        test=partial(locust, centre=locust_median),
        centre=locust_median,
    )[0],
    *_rules(
        "benchstat",
        source="golang.org/x/perf/cmd/benchstat, ten runs",
        test=benchstat,
        centre=np.median,
    ),
    *_rules(
        "asv continuous",
        source="asv.commands.compare and asv_runner.statistics.is_different",
        test=asv,
        centre=np.median,
    ),
)
