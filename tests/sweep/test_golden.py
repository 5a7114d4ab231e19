"""What people read of a sweep."""

from dataclasses import replace

import pytest

from headtohead.analysis.growth import CountTrend, Trend
from headtohead.report import html, terminal
from headtohead.sweep.record import Sweep
from headtohead.sweep.report import brief, page
from tests.golden import Golden, printed, readable, sections
from tests.sweep.factories import ROWS, explained_sizes, invalid, size, sweep


def every_trend() -> Sweep:
    """A variant for each way in which latency and queries can go with the rows."""
    trends = [trend for trend in Trend if trend is not Trend.INVALID]
    counts = list(CountTrend)
    queries = {CountTrend.CONSTANT: (3, 3, 3), CountTrend.GROWING: (12, 102, 1002)}
    sizes = [
        size(
            rows,
            medians={trend.name.lower(): 9.0 + number + step for step, trend in enumerate(trends)},
            queries={
                trend.name.lower(): queries.get(counts[step % len(counts)], (4, 3, 5))[number]
                for step, trend in enumerate(trends)
            },
            body=1_000 + 500 * number,
        )
        for number, rows in enumerate(ROWS)
    ]
    record = sweep(sizes)
    growth = tuple(
        replace(each, trend=trend) for each, trend in zip(record.growth, trends, strict=True)
    )
    assert {each.queries for each in growth} == set(CountTrend)
    return replace(record, growth=growth)


def some_invalid() -> Sweep:
    first, second, third = explained_sizes()
    return sweep([first, invalid(second), third])


SWEEPS = {
    "every trend": every_trend,
    "plans that change": lambda: sweep(explained_sizes()),
    "one size invalid": some_invalid,
}


def test_terminal(golden: Golden) -> None:
    golden(
        "sweep.txt",
        sections(
            **{
                name: printed(terminal.render, brief(each()), width=160)
                for name, each in SWEEPS.items()
            }
        ),
    )


@pytest.mark.parametrize("name", SWEEPS)
def test_page(golden: Golden, name: str) -> None:
    golden(f"{name.replace(' ', '-')}.html", readable(html.render(page(SWEEPS[name]()))))
