from headtohead.sweep.words import GROWTH_HEADERS, SIZE_HEADERS, growth_rows, size_rows
from tests.sweep.factories import invalid, sizes, sweep


def test_cells_fit_their_headers():
    record = sweep()
    assert {len(row) for row in growth_rows(record)} == {len(GROWTH_HEADERS)}
    assert {len(row) for row in size_rows(record)} == {len(SIZE_HEADERS)}


def test_numbers_that_must_not_be_used_are_not_shown():
    first, *others = sizes()
    record = sweep([invalid(first), *others])
    assert next(growth_rows(record)) == ("sequential", "n/a", "n/a", "n/a")
    indexed = list(size_rows(record))[1]
    assert indexed[3:6] == ("n/a", "n/a", "invalid")
