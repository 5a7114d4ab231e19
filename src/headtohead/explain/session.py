"""A whole explanation: a few requests to each variant, none of them timed."""

from collections.abc import Callable, Iterator, Sequence

import urllib3

from headtohead.config import Config
from headtohead.experiment import Experiment, Variant
from headtohead.explain.explained import ExplainedVariant, explained
from headtohead.run.explanation import explanation_of
from headtohead.run.preflight import client
from headtohead.run.served import served
from headtohead.run.target import Target, open_target
from headtohead.statements import Explanation


def explain(
    experiments: Sequence[Experiment], *, config: Config, note: Callable[[str], None]
) -> tuple[ExplainedVariant, ...]:
    """Explain every variant of the experiments.

    Args:
        experiments: What to explain.
        config: All settings.
        note: Told what takes a moment.

    Raises:
        CheckFailedError: The server does not tell its SQL, or another variant or an error answers.
        ConfigurationError: `config.url` is no address.
        MeasurementError: Nothing answers.
        StackError: The local stack does not come up.
    """
    with open_target(config, progress=note, experiments=experiments) as target, client() as http:
        return tuple(
            explained_variant
            for experiment in experiments
            for explained_variant in _explain_all(http, experiment, target=target, note=note)
        )


def _explain_all(
    http: urllib3.PoolManager,
    experiment: Experiment,
    *,
    target: Target,
    note: Callable[[str], None],
) -> Iterator[ExplainedVariant]:
    with served(experiment, target=target, note=note) as there:
        for variant in experiment.all_variants:
            if experiment.explains(variant):
                yield _explain(http, experiment, variant, target=there)
            else:
                note(f"{experiment.identity(variant)} is served by what explains nothing")


def _explain(
    http: urllib3.PoolManager, experiment: Experiment, variant: Variant, *, target: Target
) -> ExplainedVariant:
    def ask(*, detailed: bool) -> Explanation:
        return explanation_of(
            http,
            experiment,
            variant,
            target=target,
            detailed=detailed,
        )

    # Timed requests come after others that filled the caches, and those are to be explained.
    ask(detailed=False)
    return explained(ask(detailed=True))
