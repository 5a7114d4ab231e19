from dataclasses import replace

import pytest

from headtohead.measurement import GitState
from headtohead.report import html
from headtohead.report.explanation import in_brief, other_state, variants_of
from tests.explaining import explained, naive, prefetched
from tests.report import samples
from tests.report.test_html import Page


def test_what_is_folded_says_how_much_there_is_to_see():
    assert in_brief(naive()) == "52 queries, 2 hints"
    assert in_brief(prefetched()) == "1 query"


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
    ("changes", "told"),
    [
        ({"git": GitState(commit="0" * 40, dirty=False)}, "at 000000000000 at 20,000 rows:"),
        ({"rows": 50}, "at 8f14e45fceea with uncommitted changes at 50 rows:"),
        ({"git": GitState(commit=None, dirty=False), "rows": 0}, "at no commit:"),
    ],
)
def test_another_state_than_was_measured_is_told(changes, told):
    assert told in other_state(samples.run(), explained(**changes))


def test_the_page_shows_sql_code_plans_and_hints_folded():
    source = html.render(samples.run(samples.ten_times_faster()), explained=explained())
    text = Page(source).text
    assert "naive: 52 queries, 2 hints" in text
    assert "50 times: SELECT catalog_brand.id" in text
    assert "from shop/views.py:12 Products.list (48 times)" in text
    assert "Seq Scan on catalog_review where (rating = ?): 10 rows, 9,990 dropped, 1.23 ms" in text
    assert "No plan: EXPLAIN does not take it." in text
    assert "Hint: N+1: the same SELECT 50 times" in text
    assert "Hint: missing index? The sequential scan of catalog_review reads" in text
    assert source.count("<details>") == 2
    assert "Explained later" not in text


def test_the_page_says_where_it_explains_another_state():
    source = html.render(samples.run(samples.ten_times_faster()), explained=explained(rows=50))
    assert "Explained later" in Page(source).text


def test_an_experiment_that_nobody_explained_is_shown_without():
    source = html.render(samples.run(samples.slower()), explained=explained())
    assert "What each variant does" not in source


def test_hostile_sql_is_shown_as_text():
    hostile = "<script>alert(1)</script>"
    (first, *_) = naive().statements
    statement = replace(first, statement=replace(first.statement, sql=hostile), hints=(hostile,))
    variant = replace(naive(), statements=(statement,))
    run = samples.run(samples.ten_times_faster())
    page = Page(html.render(run, explained=explained(variant)))
    assert page.text.count(hostile) == 2
    assert "script" not in {tag for tag, *_ in page.attributes}
