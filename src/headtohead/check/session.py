"""A whole check: equal bodies, then the SQL at some number of rows, then at twice as many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from headtohead import stack
from headtohead.check.growth import Observed, growth_of
from headtohead.check.outcome import Comparison, Doubling, Outcome
from headtohead.check.queries import Queries, queries_of
from headtohead.check.snapshot import (
    Snapshot,
    differences,
    not_kept,
    read_snapshot,
    write_snapshot,
)
from headtohead.config import Config
from headtohead.errors import CheckFailedError, ConfigurationError
from headtohead.experiment import Experiment
from headtohead.run.preflight import Preflight
from headtohead.run.preflight import check as preflight
from headtohead.run.served import served
from headtohead.run.target import Target, open_target, stack_settings, target_of

Note = Callable[[str], None]
# By the names of experiment and variant.
Found = Mapping[str, Mapping[str, Queries]]


def check(
    experiments: Sequence[Experiment],
    *,
    config: Config,
    update: bool,
    whole: bool,
    note: Note,
) -> Outcome:
    """Check experiments without a clock.

    Args:
        experiments: What to check.
        config: All settings.
        update: Whether to write the snapshot anew for them rather than compare with it.
        whole: Whether they are all there are, so that an update forgets any other.
        note: Told what takes a moment.

    Raises:
        CheckFailedError: The server does not tell its SQL, or bodies differ at other rows.
        ConfigurationError: The snapshot cannot be written, or not from a server at --url.
        MeasurementError: Nothing answers.
        RecordError: The snapshot cannot be read.
        StackError: The local stack does not come up.
    """
    if update and config.url:
        raise ConfigurationError(
            "--update needs rows that everybody can have, and those at --url are unknown",
            fix="leave --url out",
        )
    kept = read_snapshot(config.snapshot_path)
    with open_target(config, progress=note, experiments=experiments) as target:
        preflights = {each.name: _preflight(each, target=target, note=note) for each in experiments}
        outcome = Outcome(preflights=preflights)
        if outcome.findings:
            return outcome
        if config.url:
            comparison = _compare(_queries_there(experiments, target=target), kept, config=config)
            return replace(outcome, comparison=comparison)
        # Only at the same rows is the SQL comparable, and a part of the snapshot like the rest.
        given = config if kept is None or (update and whole) else kept
        rows, seed = given.rows, given.seed
        doubling, found = _double(experiments, rows=rows, seed=seed, config=config, note=note)
    if update:
        others = {} if whole or kept is None else kept.experiments
        snapshot = Snapshot(rows=rows, seed=seed, experiments={**others, **found})
        write_snapshot(snapshot, config.snapshot_path)
        comparison = Comparison(path=config.snapshot, updated=True)
    else:
        comparison = _compare(found, kept, config=config)
    return replace(outcome, comparison=comparison, doubling=doubling)


def _compare(found: Found, kept: Snapshot | None, *, config: Config) -> Comparison:
    if kept is None:
        return Comparison(path=config.snapshot, exists=False)
    return Comparison(
        path=config.snapshot,
        elsewhere=bool(config.url),
        rows=kept.rows,
        seed=kept.seed,
        # Nobody knows what the caches of a server in use hold when it is asked first.
        differences=differences(kept.experiments, found, warm_only=bool(config.url)),
        not_kept=not_kept(kept.experiments, found),
    )


def _queries_there(experiments: Sequence[Experiment], *, target: Target) -> Found:
    """The SQL on whatever rows the server has."""
    return {
        each.name: queries_of(each, target=target, empty_cache=lambda: None) for each in experiments
    }


def _double(
    experiments: Sequence[Experiment], *, rows: int, seed: int, config: Config, note: Note
) -> tuple[Doubling, Found]:
    """The SQL at so many rows, and what becomes of it at twice as many."""
    once = _observe(experiments, rows=rows, seed=seed, config=config, note=note)
    doubled = [
        replace(each, request=each.doubled or each.request, doubled=None) for each in experiments
    ]
    twice = _observe(doubled, rows=2 * rows, seed=seed, config=config, note=note)
    growth = tuple(
        growth_of(
            experiment,
            once=once[experiment.name],
            twice=twice[experiment.name],
        )
        for experiment in experiments
    )
    found = {
        experiment: {variant: each.queries for variant, each in variants.items()}
        for experiment, variants in once.items()
    }
    return Doubling(rows=rows, growth=growth), found


def _observe(
    experiments: Sequence[Experiment], *, rows: int, seed: int, config: Config, note: Note
) -> dict[str, dict[str, Observed]]:
    """Each variant on rows of its own, by the names of experiment and variant."""
    settings = stack_settings(config, experiments)
    with stack.scratch(settings, rows=rows, seed=seed, progress=note) as apart:
        return {
            experiment.name: _observe_one(experiment, apart=apart, rows=rows, note=note)
            for experiment in experiments
        }


def _preflight(experiment: Experiment, *, target: Target, note: Note) -> Preflight:
    with served(experiment, target=target, note=note) as there:
        return preflight(experiment, target=there)


def _observe_one(
    experiment: Experiment, *, apart: stack.RunningStack, rows: int, note: Note
) -> dict[str, Observed]:
    with served(experiment, target=target_of(apart), note=note) as there:
        answered = preflight(experiment, target=there)
        if answered.findings:
            first = answered.findings[0]
            raise CheckFailedError(
                f"{first.variant}: {first.problem} at {rows:,} rows ({experiment.request.path})",
                fix=first.fix,
            )
        # By now each process has filled its own caches, in whatever order experiments are checked;
        # only the one they share is emptied.
        queries = queries_of(
            experiment, target=there, empty_cache=partial(stack.empty_cache, apart.cache_url)
        )
    return {
        name: Observed(queries=each, body_bytes=len(answered.answers[name].body))
        for name, each in queries.items()
    }
