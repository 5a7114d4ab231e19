from dataclasses import replace

import pytest

from headtohead.records.provenance import GitState
from headtohead.report.explanation import other_state, variants_of
from tests.explaining import explained, naive
from tests.report import samples
from tests.report.rendering import in_html
from tests.report.test_html import Page


def test_variants_go_with_the_experiment_that_they_explain():
    found = variants_of(samples.ten_times_faster(), explained())
    assert [(position, each.name) for position, each in found] == [(0, "naive"), (1, "prefetched")]
    other = replace(samples.ten_times_faster(), name="order-history")
    assert variants_of(other, explained()) == ()


def test_a_variant_that_was_not_measured_is_left_out():
    new = replace(naive(), variant="product-list/new")
    assert variants_of(samples.ten_times_faster(), explained(new)) == ()


def test_what_was_explained_as_it_was_measured_needs_no_word():
    assert other_state(samples.run(), explained()) is None
    assert other_state(samples.run(), explained(rows=0)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"git": GitState(commit="0" * 40, dirty=False)},
        {"rows": 50},
        {"git": GitState(commit=None, dirty=False), "rows": 0},
    ],
)
def test_another_state_than_was_measured_is_told(changes):
    assert other_state(samples.run(), explained(**changes))


def test_hostile_sql_is_shown_as_text():
    hostile = "<script>alert(1)</script>"
    (first, *_) = naive().statements
    statement = replace(first, statement=replace(first.statement, sql=hostile), hints=(hostile,))
    variant = replace(naive(), statements=(statement,))
    run = samples.run(samples.ten_times_faster())
    page = Page(in_html(run, explained=explained(variant)))
    assert page.text.count(hostile) == 2
    assert "script" not in {tag for tag, *_ in page.attributes}
