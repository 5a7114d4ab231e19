"""A whole comparison of micro-benchmarks: processes of both revisions in turn, then the record."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from headtohead.analysis.verdicts import CLAIM_ALPHA
from headtohead.bench.instructions import Instructions, count_instructions
from headtohead.bench.pytest_process import run_benchmarks
from headtohead.bench.record import RECORD_NAME, SCHEMA_VERSION, Bench, Benchmark
from headtohead.bench.verdicts import Times, judged
from headtohead.config import Config
from headtohead.errors import MeasurementError
from headtohead.host.files import write_whole
from headtohead.records import provenance
from headtohead.records.provenance import Began
from headtohead.records.recording import run_directory
from headtohead.records.store import to_json
from headtohead.revisions import checked_out
from headtohead.stack.asked_revisions import kept_away
from headtohead.stack.settings import stack_settings

LATEST = "latest-bench"


def bench(
    base: str,
    head: str | None,
    *,
    select: str | None,
    rounds: int,
    instructions: bool,
    config: Config,
    note: Callable[[str], None],
    say: Callable[[str], None],
) -> tuple[Bench, Path]:
    """Run the benchmarks of two revisions in turn and write the record.

    Args:
        base: A branch, tag or hash.
        head: Another one; None for the working tree.
        select: Which benchmarks, as pytest's ``-k`` takes it; None is all.
        rounds: How many processes of each.
        instructions: Whether to have valgrind count instructions, in one more process of each.
        config: All settings.
        note: Told in a few words what is being done.
        say: Told in a sentence what whoever reads the result should know.

    Returns:
        The record, and the folder that holds it.

    Raises:
        ConfigurationError: A benchmark would write into what the project's settings lead to.
        MeasurementError: No benchmark could be compared.
        RevisionError: A revision cannot be had.
    """
    began = Began()
    random = Random(config.seed)  # noqa: S311 (an experiment's design, not a secret)
    with (
        run_directory(began.at, results=config.results_directory, latest=LATEST, note=note) as (
            run_id,
            directory,
        ),
        checked_out(base, head, config=config, note=note, say=say) as revisions,
        TemporaryDirectory(prefix="h2h-") as folder,
    ):
        settings = stack_settings(config)
        away = [
            kept_away(side, revision, settings=settings, directory=Path(folder))
            for side, revision in zip(("base", "head"), revisions, strict=True)
        ]
        taken: tuple[list[Times], list[Times]] = ([], [])
        for number in range(rounds):
            for side in random.sample((0, 1), 2):
                note(f"{revisions[side].label}: round {number + 1} of {rounds}")
                taken[side].append(
                    run_benchmarks(
                        revisions[side],
                        folder=config.benchmarks,
                        select=select,
                        directory=directory,
                        away=away[side],
                    )
                )
            if not taken[0][0].keys() & taken[1][0].keys():
                break  # nor would another round have one that passes in both
        benchmarks, left_out = judged(*taken, margin=config.margin)
        if not benchmarks:
            why = left_out[0].reason if left_out else "neither revision has one that passes"
            raise MeasurementError(
                f"no benchmark can be compared ({why})",
                fix=f"see what `pytest {config.benchmarks} --benchmark-only` says in both",
            )
        (directory / "times.json").unlink(missing_ok=True)
        if instructions:
            counts = []
            for side, revision in enumerate(revisions):
                note(f"{revision.label}: counting instructions")
                counts.append(
                    count_instructions(
                        revision,
                        folder=config.benchmarks,
                        select=select,
                        directory=directory,
                        away=away[side],
                    )
                )
            benchmarks = tuple(_with_instructions(each, counts) for each in benchmarks)
        record = Bench(
            schema=SCHEMA_VERSION,
            run_id=run_id,
            **began.provenance(config.root, own=config.own_paths),
            base=provenance.compared(revisions[0]),
            head=provenance.compared(revisions[1]),
            rounds=rounds,
            alpha=CLAIM_ALPHA,
            benchmarks=benchmarks,
            left_out=left_out,
        )
        write_whole(to_json(record), directory / RECORD_NAME)
    return record, config.results_directory / run_id


def _with_instructions(benchmark: Benchmark, counts: Sequence[Instructions]) -> Benchmark:
    """The benchmark with what a call of it takes, where both revisions' were counted."""
    base, head = (each.get(benchmark.name) for each in counts)
    if base is None or head is None:
        return benchmark
    return replace(benchmark, instructions=(base, head))
