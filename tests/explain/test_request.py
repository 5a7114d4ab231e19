from headtohead.explain.request import in_order
from tests.explaining import detail, explanation, node


def test_the_most_repeated_come_first_each_with_what_belongs_to_it():
    variant = in_order(
        explanation(
            **{
                "SELECT ?": (1, detail(plan=node())),
                "SELECT b": (50, detail()),
                "SELECT c": (1, detail()),
            }
        )
    )
    assert variant.variant == "product-list/naive"
    assert variant.queries == 52
    assert [each.statement.sql for each in variant.statements] == [
        "SELECT b",
        "SELECT ?",
        "SELECT c",
    ]
    repeated, scanned, harmless = variant.statements
    assert [hint.partition(":")[0] for hint in repeated.hints] == ["N+1"]
    assert [hint.partition("?")[0] for hint in scanned.hints] == ["missing index"]
    assert scanned.detail.plan == node()
    assert harmless.hints == ()
