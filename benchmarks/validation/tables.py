"""A validation as tables of words, which the terminal and the page both show."""

from dataclasses import dataclass

from benchmarks.validation.goals import bias_words, goals_reached, last_cell
from benchmarks.validation.record import Cell, Validation
from benchmarks.validation.summary import proportion_interval
from headtohead.report.numbers import NO_VALUE, percent


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its explanation.

    Attributes:
        title: What it shows.
        explanation: How to read it.
        headers: One for each column.
        rows: Cells, as many in each row as there are headers.
    """

    title: str
    explanation: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def all_tables(validation: Validation) -> tuple[Table, ...]:
    """Every table of a validation, the most important first."""
    return (
        _goals(validation),
        _false_alarms(validation),
        _power(validation),
        _precision(validation),
        _scenarios(validation),
    )


def _goals(validation: Validation) -> Table:
    own = [rule.name for rule in validation.rules if rule.own]
    reached = {name: goals_reached(validation, name) for name in own}
    goals = [each.goal for each in reached[own[0]]]
    rows = tuple(
        (
            name,
            *(each.words for each in reached[name]),
        )
        for name in own
    )
    return Table(
        title="Goals",
        explanation="Every goal for every rule of ours. No rule has to meet all of them by itself:"
        " a rule that stops early pays with a wider interval.",
        headers=("rule", *goals),
        rows=rows,
    )


def _false_alarms(validation: Validation) -> Table:
    scenarios = [each for each in validation.scenarios if each.equals]
    return Table(
        title="False alarms",
        explanation="How often a rule claimed a difference between equals, with the 95 % interval"
        " of Clopper and Pearson. After a heavy request before one arm only, every claim is one"
        " that the arm did not earn.",
        headers=("rule", *(f"{each.meaning} ({each.trials})" for each in scenarios)),
        rows=tuple(
            (
                rule.name,
                *(_alarms(last_cell(validation, rule.name, each.name)) for each in scenarios),
            )
            for rule in validation.rules
        ),
    )


def _power(validation: Validation) -> Table:
    scenarios = [each for each in validation.scenarios if not each.equals]
    return Table(
        title="Effects found",
        explanation="How often a rule called the slowed-down variant slower in the full length of"
        " a trial.",
        headers=(
            "rule",
            *(f"{each.name.replace('-', ' ')} % in {each.seconds:.0f} s" for each in scenarios),
        ),
        rows=tuple(
            (
                rule.name,
                *(_found(last_cell(validation, rule.name, each.name)) for each in scenarios),
            )
            for rule in validation.rules
        ),
    )


def _precision(validation: Validation) -> Table:
    rows = [
        (rule.name, scenario.name, *_numbers(cell))
        for rule in validation.rules
        if rule.own
        for scenario in validation.scenarios
        if (cell := last_cell(validation, rule.name, scenario.name))
    ]
    return Table(
        title="Precision and time",
        explanation="What each rule of ours stated: how often its 95 % interval held the truth by"
        " the server's own clock, half of that interval's width, the mean error of the effect with"
        " twice its standard error, and the seconds of requests it took.",
        headers=("rule", "scenario", "covered", "half-width", "bias", "median s", "p90 s"),
        rows=tuple(rows),
    )


def _scenarios(validation: Validation) -> Table:
    return Table(
        title="What was tried",
        explanation="The delay is what the server's clock says was wasted, the time added what"
        " it says the request took longer: what follows a wait is slower than without one. The"
        " true ratio follows from the time added. The halves of a trial are how far the"
        " baseline's mean moved within it, which is"
        " what two runs in sequence have to contend with.",
        headers=(
            "scenario",
            "meaning",
            "trials",
            "pairs",
            "delay",
            "added",
            "true ratio",
            "halves apart",
            "others' share of the cores (most)",
        ),
        rows=tuple(
            (
                each.name,
                each.meaning,
                str(each.trials),
                str(each.pairs),
                f"{each.delay_ms * 1000:.0f} µs",
                f"{each.added_ms * 1000:.0f} µs",
                f"{each.true_ratio:.4f}",
                percent(each.halves_apart),
                f"{percent(each.busy_share)} ({percent(each.busiest_share)})",
            )
            for each in validation.scenarios
        ),
    )


def _alarms(cell: Cell | None) -> str:
    if cell is None:
        return NO_VALUE
    alarms = cell.slower + cell.faster
    low, high = proportion_interval(alarms, cell.trials)
    return f"{alarms / cell.trials * 100:.1f} % [{low * 100:.1f}, {high * 100:.1f}]"


def _found(cell: Cell | None) -> str:
    return NO_VALUE if cell is None else f"{cell.slower / cell.trials * 100:.0f} %"


def _numbers(cell: Cell) -> tuple[str, ...]:
    return (
        f"{cell.covered} of {cell.intervals}" if cell.intervals else NO_VALUE,
        NO_VALUE if cell.half_width is None else percent(cell.half_width),
        bias_words(cell.bias, cell.bias_error),
        f"{cell.seconds_p50:.1f}",
        f"{cell.seconds_p90:.1f}",
    )
