from dataclasses import replace

from headtohead.sweep.sentences import NOT_EXECUTED, PlanRange, statement_plans
from tests.sweep.factories import explained, explained_sizes, sizes, sweep

SCAN = ("Limit", "  Seq Scan on review")
INDEX = ("Limit", "  Index Scan on review")


def test_sizes_with_the_same_plan_make_one_stretch():
    (plans,) = statement_plans(sweep(explained_sizes()), "indexed")
    assert plans.sql == "SELECT indexed"
    assert plans.stretches == (
        PlanRange(first=1_000, last=1_000, shape=SCAN),
        PlanRange(first=10_000, last=100_000, shape=INDEX),
    )
    assert plans.changes == (10_000,)


def test_a_plan_that_stays_has_no_change():
    (plans,) = statement_plans(sweep(explained_sizes()), "sequential")
    assert plans.stretches == (PlanRange(first=1_000, last=100_000, shape=SCAN),)
    assert plans.changes == ()


def test_a_statement_that_some_size_does_without_is_told_there():
    first, *others = explained_sizes()
    none = replace(first, explained=tuple(replace(e, statements=()) for e in first.explained))
    (plans,) = statement_plans(sweep([none, *others]), "sequential")
    assert [each.shape for each in plans.stretches] == [NOT_EXECUTED, SCAN]


def test_statements_whose_plan_changes_come_first():
    def both(size, shape):
        one = explained(size, shapes={"indexed": "Seq Scan"}).explained[0]
        other = explained(size, shapes={"indexed": shape}).explained[0].statements[0]
        changing = replace(other, statement=replace(other.statement, sql="SELECT changing"))
        return replace(size, explained=(replace(one, statements=(*one.statements, changing)),))

    found = [both(size, shape) for size, shape in zip(sizes(), "aab", strict=True)]
    assert [each.sql for each in statement_plans(sweep(found), "indexed")] == [
        "SELECT changing",
        "SELECT indexed",
    ]
