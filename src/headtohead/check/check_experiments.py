"""A whole check: equal bodies, then the SQL at some number of rows, then at twice as many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from headtohead.check.equal_answers import Preflight, Problem
from headtohead.check.equal_answers import check as preflight
from headtohead.check.outcome import Doubling, Outcome, SnapshotComparison
from headtohead.check.queries import Queries, queries_of
from headtohead.check.query_growth import growth_of
from headtohead.check.sql_snapshot import (
    Snapshot,
    differences,
    not_kept,
    read_snapshot,
    write_snapshot,
)
from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.experiment import Experiment
from headtohead.services import valkey
from headtohead.stack import temporary_stack
from headtohead.stack.settings import stack_settings
from headtohead.stack.target import Target, open_target, target_of
from headtohead.stack.variant_servers import served

Note = Callable[[str], None]
# By the names of experiment and variant.
Found = Mapping[str, Mapping[str, Queries]]


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What variants take at some number of rows.

    Attributes:
        found: Empty where an experiment's variants differ in what they say.
        findings: Where they do.
        postgresql: Major version of the database's server.
    """

    found: Found
    findings: tuple[Problem, ...]
    postgresql: str


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
        update: Whether to write the snapshot again for them rather than compare with it.
        whole: Whether they are all there are, so that an update forgets any other.
        note: Told what takes a moment.

    Raises:
        CheckFailedError: The server does not tell its SQL.
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
            found = _queries_there(experiments, preflights=preflights, target=target)
            return replace(outcome, comparison=_compare(found, kept, config=config))
        # Only at the same rows is the SQL comparable, and a part of the snapshot like the rest.
        given = config if kept is None or (update and whole) else kept
        rows, seed = given.rows, given.seed
        observe = partial(_observe, seed=seed, config=config, note=note)
        once = observe(experiments, rows=rows)
        if once.findings:
            return replace(outcome, apart=once.findings)
        doubled = [
            replace(
                each,
                request=each.request_at_double_rows or each.request,
                request_at_double_rows=None,
            )
            for each in experiments
        ]
        twice = observe(doubled, rows=2 * rows)
        if twice.findings:
            return replace(outcome, apart=twice.findings)
    if update:
        others = {} if whole or kept is None else kept.experiments
        if others and kept and kept.postgresql != once.postgresql:
            raise ConfigurationError(
                f"the plans in {config.snapshot} are PostgreSQL {kept.postgresql}'s, and this is "
                f"{once.postgresql}",
                fix="update the whole of it, with `h2h check --update` alone",
            )
        snapshot = Snapshot(
            rows=rows,
            seed=seed,
            postgresql=once.postgresql,
            experiments={**others, **once.found},
        )
        write_snapshot(snapshot, config.snapshot_path)
        comparison = SnapshotComparison(path=config.snapshot, updated=True)
    else:
        comparison = _compare(once.found, kept, config=config, postgresql=once.postgresql)
    growth = tuple(
        growth_of(each, once=once.found[each.name], twice=twice.found[each.name])
        for each in experiments
    )
    return replace(outcome, comparison=comparison, doubling=Doubling(rows=rows, growth=growth))


def _compare(
    found: Found, kept: Snapshot | None, *, config: Config, postgresql: str = ""
) -> SnapshotComparison:
    if kept is None:
        return SnapshotComparison(path=config.snapshot, exists=False)
    elsewhere = bool(config.url)
    other_plans = ""
    if not elsewhere and postgresql != kept.postgresql:
        other_plans = f"they are PostgreSQL {kept.postgresql}'s, and this is {postgresql}"
    return SnapshotComparison(
        path=config.snapshot,
        elsewhere=elsewhere,
        rows=kept.rows,
        seed=kept.seed,
        other_plans=other_plans,
        # Nobody knows what the caches of a server in use hold when it is asked first.
        differences=differences(
            kept.experiments, found, other_rows=elsewhere, other_plans=bool(other_plans)
        ),
        not_kept=not_kept(kept.experiments, found),
    )


def _queries_there(
    experiments: Sequence[Experiment], *, preflights: Mapping[str, Preflight], target: Target
) -> Found:
    """The SQL on whatever rows the server has."""
    return {
        each.name: queries_of(
            each,
            preflight=preflights[each.name],
            target=target,
            empty_cache=lambda: None,
        )
        for each in experiments
    }


def _observe(
    experiments: Sequence[Experiment], *, rows: int, seed: int, config: Config, note: Note
) -> Observed:
    """Every variant on rows of its own."""
    settings = stack_settings(config, experiments)
    with temporary_stack.scratch(settings, rows=rows, seed=seed, progress=note) as apart:
        postgresql = apart.database.version
        findings: list[Problem] = []
        found = {}
        for experiment in experiments:
            with served(experiment, target=target_of(apart), note=note) as there:
                answered = preflight(experiment, target=there)
                where = f"at {rows:,} rows ({experiment.request.path})"
                findings += (
                    replace(each, problem=f"{each.problem} {where}") for each in answered.findings
                )
                if not findings:
                    # By now each process has filled its own caches, in whatever order experiments
                    # are checked; only the one they share is emptied.
                    found[experiment.name] = queries_of(
                        experiment,
                        preflight=answered,
                        target=there,
                        empty_cache=partial(valkey.empty_cache, apart.cache_url),
                    )
    return Observed(found=found, findings=tuple(findings), postgresql=postgresql.partition(".")[0])


def _preflight(experiment: Experiment, *, target: Target, note: Note) -> Preflight:
    with served(experiment, target=target, note=note) as there:
        return preflight(experiment, target=there)
