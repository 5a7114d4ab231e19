import pytest

from headtohead.explain.request import read_explanation
from headtohead.protocol.explanation import Explanation, Statement
from tests.explaining import detail, explanation, node, source


def test_explanation_round_trip():
    explanation = Explanation(
        variant="product-list/naive",
        status=200,
        queries=5,
        statements=(
            Statement(sql='SELECT "Id" FROM t', times=4),
            Statement(sql="SELECT ?", times=1),
        ),
    )
    assert read_explanation(explanation.to_json().encode()) == explanation


def test_details_make_the_round_trip_too():
    plan = node(operation="Limit", children=(node(loops=None, ms=None, blocks=None), node()))
    detailed = explanation(
        **{"SELECT a": (2, detail(source(7, 2), plan=plan)), "SAVEPOINT ?": (1, detail())}
    )
    assert read_explanation(detailed.to_json().encode()) == detailed


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"results": []}', b'{"statements": [1]}', b'{"statements": []}']
)
def test_what_is_no_explanation_is_recognised(text):
    assert read_explanation(text) is None
