import pytest

from headtohead.sweep.words import (
    GROWTH_HEADERS,
    SIZE_HEADERS,
    growth_rows,
    in_words,
    notes,
    size_rows,
)
from tests.sweep.factories import ROWS, invalid, size, sizes, sweep


def one_variant_more(*, queries: tuple[float, ...] = (3, 3, 3), body: float = 0.0):
    """A sweep whose baseline makes these queries; its answer is longer by `body` at each size."""
    return sweep(
        [
            size(
                rows,
                medians={"naive": 9.0 * number**3, "joined": 9.0},
                queries={"naive": queries[number - 1], "joined": 3.0},
                body=1_000 + body * number,
            )
            for number, rows in enumerate(ROWS, start=1)
        ]
    )


def test_verdict_comes_with_the_queries():
    record = sweep()
    assert [in_words(record, growth) for growth in record.growth] == [
        "sequential: grows linearly, queries constant (2)",
        "indexed: does not grow, queries constant (2)",
    ]


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ((12, 102, 1002), "queries grow (12 → 1,002)"),
        ((4, 3, 5), "queries vary (4, 3, 5)"),
    ],
)
def test_queries_that_change_are_told_by_number(queries, words):
    record = one_variant_more(queries=queries)
    assert in_words(record, record.growth[0]).endswith(words)


def test_cells_fit_their_headers():
    record = sweep()
    assert {len(row) for row in growth_rows(record)} == {len(GROWTH_HEADERS)}
    rows = list(size_rows(record))
    assert {len(row) for row in rows} == {len(SIZE_HEADERS)}
    assert rows[0] == ("1,000", "sequential", "2.00 ms", "n/a", "n/a", "baseline", "2")
    assert rows[1] == (*("1,000", "indexed", "1.70 ms", "0.850", "[0.833, 0.867]", "faster", "2"),)


def test_numbers_that_must_not_be_used_are_not_shown():
    first, *others = sizes()
    record = sweep([invalid(first), *others])
    assert next(growth_rows(record)) == ("sequential", "n/a", "n/a", "n/a")
    indexed = list(size_rows(record))[1]
    assert indexed[3:6] == ("n/a", "n/a", "invalid")


def test_an_answer_of_one_length_is_said_to_show_no_more_rows():
    (note,) = notes(sweep())
    assert "says nothing of showing more of them" in note


def test_an_answer_that_grows_is_said_to():
    assert "1.50 kB → 2.50 kB" in next(notes(one_variant_more(body=500)))


def test_a_verdict_that_is_missing_comes_with_advice():
    record = one_variant_more()
    assert "cannot be told" in in_words(record, record.growth[0])
    _, advice = notes(record)
    assert "give more with --rows" in advice
