"""What explains a run, in the words that every report of it shares."""

from collections.abc import Iterator

from headtohead.protocol.explanation import Location, PlanNode
from headtohead.records.explained import Explained, ExplainedStatement, ExplainedVariant
from headtohead.records.results import ExperimentResult
from headtohead.records.run import Run
from headtohead.report.document import (
    Code,
    Fold,
    Folds,
    Note,
    PagePart,
    Section,
    Tone,
    Tree,
    Words,
)
from headtohead.report.numbers import milliseconds, times


def explained_section(
    experiment: ExperimentResult, *, run: Run, explained: Explained
) -> Iterator[Section]:
    """What each variant of an experiment does, where anything explains it."""
    variants = variants_of(experiment, explained)
    if variants:
        other = other_state(run, explained)
        folds = tuple(
            Fold(
                name=variant.name,
                text=in_brief(variant),
                series=series,
                parts=tuple(_variant(variant)),
            )
            for series, variant in variants
        )
        yield Section(
            title="What each variant does",
            parts=(*([Words(f"{other}.", Tone.CAVEAT)] if other else []), Folds(folds)),
        )


def _variant(variant: ExplainedVariant) -> Iterator[PagePart]:
    for each in variant.statements:
        yield Section(parts=tuple(_statement(each)))
    if not variant.statements:
        yield Words("It asks the database nothing.", Tone.QUIET)


def _statement(each: ExplainedStatement) -> Iterator[PagePart]:
    yield Words((f"{times(each.statement.times)}: ", Code(each.statement.sql)))
    for source in each.detail.sources:
        # That a statement comes from one place needs no count.
        often = f" ({times(source.times)})" if source.times < each.statement.times else ""
        yield Words(("from ", Code(place(source.location)), often), Tone.QUIET)
    if each.detail.plan:
        yield _tree(each.detail.plan)
    else:
        yield Words(f"No plan: {each.detail.without_plan}.", Tone.QUIET)
    for hint in each.hints:
        yield Note(label="Hint", alarming=False, text=f"{hint}.", advice="")


def _tree(node: PlanNode) -> Tree:
    return Tree(node_in_words(node), tuple(map(_tree, node.children)))


def variants_of(
    experiment: ExperimentResult, explained: Explained
) -> tuple[tuple[int, ExplainedVariant], ...]:
    """The variants that explain an experiment, each after its position in the experiment."""
    positions = {variant.name: number for number, variant in enumerate(experiment.variants)}
    return tuple(
        (positions[each.name], each)
        for each in explained.variants
        if each.experiment == experiment.name and each.name in positions
    )


def in_brief(variant: ExplainedVariant) -> str:
    """What is seen of a variant before one looks into it: `152 queries, 4 hints`."""
    hints = sum(len(each.hints) for each in variant.statements)
    told = "1 hint" if hints == 1 else f"{hints} hints"
    return f"{queries(variant)}, {told}" if hints else queries(variant)


def queries(variant: ExplainedVariant) -> str:
    """How many statements an answer takes."""
    return "1 query" if variant.queries == 1 else f"{variant.queries:,} queries"


def other_state(run: Run, explained: Explained) -> str | None:
    """Where the explanation is not of what was measured; None where it is, as far as one knows."""
    # Rows of servers elsewhere are unknown, and 0 in the records.
    same_rows = explained.rows == run.environment.rows or not (
        explained.rows and run.environment.rows
    )
    if explained.git == run.git and same_rows:
        return None
    commit = (explained.git.commit or "no commit")[:12]
    dirty = " with uncommitted changes" if explained.git.dirty else ""
    rows = f" at {explained.rows:,} rows" if explained.rows else ""
    return (
        f"Explained later, at {commit}{dirty}{rows}: what was measured may have done something else"
    )


def place(location: Location) -> str:
    """A line of code: `app/views.py:12 ProductList.get`."""
    return f"{location.path}:{location.line} {location.function}"


def node_in_words(node: PlanNode) -> str:
    """A step of a plan and what came of it."""
    conditions = [each for each in (node.condition, node.filter) if each]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"{node.name}{where}: {_work(node)}"


def _work(node: PlanNode) -> str:
    if node.rows is None:
        return "not executed"
    if node.loops is None or node.ms is None:
        return f"about {_rows(node.rows)}, not executed"
    if node.loops == 0:
        return "never executed"
    removed = f", {node.removed:,} dropped" if node.removed else ""
    loops = f", in {node.loops:,} loops" if node.loops > 1 else ""
    return f"{_rows(node.rows)}{removed}{loops}, {milliseconds(node.ms)}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
