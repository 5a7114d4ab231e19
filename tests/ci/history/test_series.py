import random

from headtohead.ci.history.series import series_of
from tests.ci.history.samples import BEGINNING, STEP, entries, entry


def test_lines_in_any_order_make_the_same_series():
    ordered = [*entries(STEP), *entries(STEP, subject="search")]
    shuffled = ordered.copy()
    random.Random(1).shuffle(shuffled)
    assert series_of(shuffled) == series_of(ordered)
    assert [each.subject for each in series_of(shuffled)] == ["product-list", "search"]


def test_commits_of_one_second_stand_as_they_are_built_on_each_other():
    commits = [
        entry(number, committed_at=BEGINNING, commit=hash_ * 40, ancestors=number + 7)
        for number, hash_ in enumerate("c1f0")
    ]
    shuffled = [entry(9, commit="a" * 40), *commits[::-1]]
    (series,) = series_of(shuffled)
    assert [each.commit[0] for each in series.entries] == [*"c1f0", "a"]


def test_a_step_is_found_at_its_commit():
    (series,) = series_of(entries(STEP))
    (step,) = series.steps
    assert step.entry == entry(10, STEP[10])
    assert step.previous == entry(9, STEP[9])


def test_what_was_compared_with_another_anchor_is_another_series():
    found = series_of([*entries(STEP), *entries(STEP, anchor="b" * 40)])
    assert [each.anchor[0] for each in found] == ["a", "b"]
