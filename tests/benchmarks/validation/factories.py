"""Traces with a known truth."""

import numpy as np

from benchmarks.validation.judgement import Evidence
from benchmarks.validation.trace import Trace


def trace(
    *,
    effect: float = 0.0,
    pairs: int = 1000,
    seed: int = 1,
    noise: float = 0.05,
    drift: float = 0.0,
    **changes: object,
) -> Trace:
    """A trace of an endpoint of 5 ms.

    Args:
        effect: The delay as a fraction of each request's own time.
        pairs: How many.
        seed: Seed of the noise.
        noise: Spread of a single request, with the tails of a shared machine.
        drift: How much slower the machine is at the end than at the start, as a fraction.
    """
    random = np.random.default_rng(seed)
    weather = np.linspace(1, 1 + drift, pairs)

    def plain() -> np.ndarray:
        return 5 * weather * np.exp(noise * np.abs(random.standard_t(df=3, size=pairs)))

    baseline, undisturbed = plain(), plain()
    variant = undisturbed * (1 + effect)
    fields = {
        "scenario": "aa-quiet",
        "index": 0,
        "started_at": 1_700_000_000.0,
        "busy_share": 0.01,
        "baseline_first": random.random(pairs) < 0.5,
        "baseline_ms": baseline,
        "variant_ms": variant,
        "baseline_washout_ms": baseline * random.choice([0.99, 1.01], size=pairs),
        "variant_washout_ms": variant * random.choice([0.99, 1.01], size=pairs),
        # As if the server had met the variant's weather, so that its clock tells the effect alone.
        "baseline_server_ms": undisturbed - 0.5,
        "variant_server_ms": variant - 0.5,
        "delay_ms": variant - undisturbed,
    }
    return Trace(**(fields | changes))


def evidence(earlier_ms: tuple[float, ...] = (), **changes: object) -> Evidence:
    return Evidence(trace=trace(**changes), earlier_ms=np.array(earlier_ms))
