import numpy as np
import pytest

from headtohead.analysis.results import Verdict
from headtohead.bench.verdicts import judged


def processes(rounds: int, *, seed: int, **seconds: float) -> list[dict[str, float]]:
    """What each process found, with half a percent of luck of its own."""
    random = np.random.default_rng(seed)
    return [
        {name: value * np.exp(random.normal(0, 0.005)) for name, value in seconds.items()}
        for _ in range(rounds)
    ]


def test_a_slowdown_is_named_and_what_is_equal_is_not():
    base = processes(10, seed=1, slower=1e-3, same=2e-3)
    head = processes(10, seed=2, slower=1.2e-3, same=2e-3)
    benchmarks, left_out = judged(base, head, margin=0.05)
    assert left_out == ()
    same, slower = benchmarks
    assert (same.verdict, slower.verdict) == (Verdict.NO_DIFFERENCE, Verdict.SLOWER)
    assert slower.ratio == pytest.approx(1.2, rel=0.01)
    assert slower.ci95[0] < 1.2 < slower.ci95[1]
    assert (slower.base_seconds, slower.head_seconds) == (
        pytest.approx(1e-3, rel=0.01),
        pytest.approx(1.2e-3, rel=0.01),
    )


def test_swapping_the_revisions_inverts_the_ratio():
    base, head = processes(8, seed=1, a=1.0), processes(8, seed=2, a=1.1)
    ((one,), _), ((other,), _) = judged(base, head, margin=0.02), judged(head, base, margin=0.02)
    assert one.ratio == pytest.approx(1 / other.ratio)
    assert one.ci95 == (pytest.approx(1 / other.ci95[1]), pytest.approx(1 / other.ci95[0]))


@pytest.mark.simulation
def test_many_equals_are_claimed_to_differ_in_almost_no_comparison():
    names = {f"benchmark-{number}": 1e-3 for number in range(20)}
    claims = 0
    for seed in range(100):
        benchmarks, _ = judged(
            processes(10, seed=2 * seed, **names),
            processes(10, seed=2 * seed + 1, **names),
            margin=0.001,
        )
        claims += any(
            each.verdict not in {Verdict.INCONCLUSIVE, Verdict.NO_DIFFERENCE} for each in benchmarks
        )
    # At half a percent each, more than three would be one case in five hundred.
    assert claims <= 3


@pytest.mark.parametrize(
    ("of_base", "of_head", "reason"),
    [
        (8, 0, "only base has it, or it fails at head"),
        (0, 8, "only head has it, or it fails at base"),
        (8, 3, "it gave a time in 8 processes of base and 3 of head"),
    ],
)
def test_what_one_revision_gives_no_times_of_is_left_out_with_the_reason(of_base, of_head, reason):
    def side(times: int) -> list[dict[str, float]]:
        return [{"a": 1.0} if number < times else {} for number in range(8)]

    benchmarks, (left_out,) = judged(side(of_base), side(of_head), margin=0.02)
    assert benchmarks == ()
    assert (left_out.name, left_out.reason) == ("a", reason)
