"""Every variant of every experiment, inside one process: `pytest benchmarks/`.

Times of one process are for finding out where time goes. Whether a variant is faster is for
`h2h run` to say: these are not taken head to head.
"""

import pytest

from headtohead.experiment_registry import load_experiments

EXPERIMENTS = load_experiments("app.experiments").select_timed([])


@pytest.mark.parametrize(
    ("experiment", "variant"),
    [
        pytest.param(experiment, variant, id=experiment.identity(variant))
        for experiment in EXPERIMENTS
        for variant in experiment.all_variants
    ],
)
def test_variant(benchmark, seeded, ask, experiment, variant):
    seeded(200)
    benchmark.group = experiment.name
    _, timing = benchmark(ask, experiment, variant)
    assert timing.variant == experiment.identity(variant)
