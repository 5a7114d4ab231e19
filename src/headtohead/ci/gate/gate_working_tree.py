"""A whole gate: checks that need no clock, comparisons with the base, and what all amount to."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from headtohead.bench.compare_benchmarks import bench
from headtohead.check.check_experiments import check
from headtohead.ci.gate.judge_findings import judge_bench, judge_check, judge_comparison
from headtohead.ci.gate.judgement import Gate, sorted_by_gravity
from headtohead.ci.gate.policy import TABLE, Policy
from headtohead.compare.compare_revisions import compare
from headtohead.compare.endpoints import ComparedEndpoint, distinct, endpoints_at, endpoints_of
from headtohead.compare.finding import ServedSides, find_endpoints
from headtohead.config import Config
from headtohead.config_loading import has_settings
from headtohead.errors import ConfigurationError, RevisionError, StackError
from headtohead.experiment import Experiment
from headtohead.records.run import Run
from headtohead.revisions.git import commit_of, text_at
from headtohead.revisions.git_command import printable
from headtohead.stack.target import open_target


def gate(
    base: str,
    *,
    runnable: Sequence[Experiment],
    declared: Sequence[Experiment],
    policy: Policy,
    config: Config,
    note: Callable[[str], None],
    say: Callable[[str], None],
    write_reports: Callable[[Run, Path], None],
) -> tuple[Gate, Run | None]:
    """Judge the working tree by itself and against a revision.

    A base that has no settings of h2h's yet is compared by those of the working tree; where that
    cannot be done, there is nothing to compare with.

    Args:
        base: A branch, tag or hash.
        runnable: The experiments that can be checked here.
        declared: All of them.
        policy: What becomes of what is found.
        config: All other settings.
        note: Told in a few words what is being done.
        say: Told in a sentence what whoever reads the result should know.
        write_reports: Writes what is derived from the comparison's record into its folder.

    Returns:
        What was found, and the record of the comparison; None where there was none.

    Raises:
        ConfigurationError: The policy is about an experiment that is not declared.
        MeasurementError: Nothing answers, or nothing could be timed.
        RevisionError: The revision cannot be had.
        StackError: A server does not come up.
    """
    asked = list(distinct([*endpoints_of(declared, note=note), *endpoints_at(policy.paths)]))
    # Of those that are found later there are as many as fit in.
    budget = policy.budget / len(asked) if asked else min(config.budget, policy.budget)
    experiments = [each.name for each in declared]

    def require_known() -> None:
        for name in policy.experiments:
            if name not in {*experiments, *(each.name for each in asked)}:
                raise ConfigurationError(
                    f"{TABLE} is about {name!r}, which is no experiment", fix="see `h2h list`"
                )

    def choose(served: ServedSides) -> tuple[Sequence[ComparedEndpoint], tuple[()]]:
        if not asked:
            asked.extend(
                find_endpoints(
                    served,
                    document=config.openapi,
                    seconds=policy.budget,
                    budget=budget,
                    say=say,
                )
            )
            require_known()
        return asked, ()

    if asked:
        require_known()
    not_compared, record = "", None
    default = policy.margin or config.margin
    # One stack for both, rather than one after the other; a comparison alone needs none.
    with open_target(config, progress=note, experiments=runnable) if runnable else nullcontext():
        outcome = (
            check(runnable, config=config, update=False, whole=True, note=note)
            if runnable
            else None
        )
        try:
            record, _ = compare(
                base,
                None,
                choose=choose,
                rounds=policy.rounds,
                config=replace(config, budget=budget, margin=default, control=policy.control),
                margins={
                    name: policy.margin_of(name, default=default) for name in policy.experiments
                },
                note=note,
                say=say,
                write_reports=write_reports,
            )
        except (RevisionError, StackError) as error:
            if not _predates(base, root=config.root):
                raise
            not_compared = (
                f"{printable(base)} predates h2h in this project, so there is nothing to compare "
                f"with yet ({error.problem})."
            )
    benchmarks = (
        bench(
            base,
            None,
            select=None,
            rounds=policy.rounds,
            # They decide nothing, and take as long as several rounds.
            instructions=False,
            config=replace(config, margin=default),
            note=note,
            say=say,
        )[0]
        if policy.benchmarks and record
        else None
    )
    return Gate(
        run_id=record.run_id if record else "",
        base=base,
        judgements=sorted_by_gravity(
            [
                *(judge_check(outcome, experiments=experiments, policy=policy) if outcome else ()),
                *(
                    judge_comparison(
                        record,
                        endpoints={each.name: each.path for each in asked},
                        policy=policy,
                    )
                    if record
                    else ()
                ),
                *(judge_bench(benchmarks, policy=policy) if benchmarks else ()),
            ]
        ),
        not_compared=not_compared,
    ), record


def _predates(base: str, *, root: Path) -> bool:
    """Whether a revision has no settings of h2h's, though the working tree has.

    Raises:
        RevisionError: There is no such revision.
    """
    commit = commit_of(base, root=root)

    def of_revision(name: str) -> str | None:
        return text_at(commit, name, root=root)

    def of_working_tree(name: str) -> str | None:
        path = root / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    return has_settings(of_working_tree) and not has_settings(of_revision)
