"""A whole explanation: a few requests to each variant, none of them timed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from headtohead.config import Config
from headtohead.experiment import Experiment
from headtohead.explain.request import explained_variants
from headtohead.records.explained import (
    SCHEMA_VERSION,
    Explained,
    ExplainedVariant,
    write_explained,
)
from headtohead.records.provenance import git_state
from headtohead.records.recording import run_directory
from headtohead.stack.target import Target, open_target
from headtohead.stack.variant_servers import served

# Apart from that of runs, whose readers expect a run's record there.
LATEST = "latest-explain"


def explain(
    experiments: Sequence[Experiment], *, config: Config, note: Callable[[str], None]
) -> Explained:
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
    started_at = datetime.now(UTC)
    with open_target(config, progress=note, experiments=experiments) as target:
        note("Explaining every variant")
        return Explained(
            schema=SCHEMA_VERSION,
            started_at=started_at,
            git=git_state(config.root, own=config.own_paths),
            rows=target.rows,
            variants=tuple(
                explained
                for experiment in experiments
                for explained in _explain_all(experiment, target=target, note=note)
            ),
        )


def _explain_all(
    experiment: Experiment, *, target: Target, note: Callable[[str], None]
) -> Iterator[ExplainedVariant]:
    with served(experiment, target=target, note=note) as there:
        yield from explained_variants(experiment, target=there)
    for variant in experiment.all_variants:
        if not experiment.reports_timing(variant):
            note(f"{experiment.identity(variant)} has a server that reports no timing")


def keep_apart(explained: Explained, *, results: Path) -> Path:
    """Keep an explanation that belongs to no run in a folder of its own.

    Returns:
        The link to the latest of them.

    Raises:
        ConfigurationError: The results folder cannot be written to.
    """
    with run_directory(explained.started_at, results=results, latest=LATEST) as (_, directory):
        write_explained(explained, directory)
    return results / LATEST
