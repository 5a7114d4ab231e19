"""What explains a run, in the words that every report of it shares."""

from headtohead.protocol.explanation import Location, PlanNode
from headtohead.records.explained import Explained, ExplainedVariant
from headtohead.records.results import ExperimentResult
from headtohead.records.run import Run
from headtohead.report.numbers import milliseconds


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
    if node.loops is None or node.ms is None:
        return f"about {_rows(node.rows)}, not executed"
    if node.loops == 0:
        return "never executed"
    removed = f", {node.removed:,} dropped" if node.removed else ""
    loops = f", in {node.loops:,} loops" if node.loops > 1 else ""
    return f"{_rows(node.rows)}{removed}{loops}, {milliseconds(node.ms)}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
