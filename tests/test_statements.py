import pytest

from headtohead.statements import Explanation, Statement


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
    assert Explanation.from_json(explanation.to_json().encode()) == explanation


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"results": []}', b'{"statements": [1]}', b'{"statements": []}']
)
def test_what_is_no_explanation_is_recognised(text):
    assert Explanation.from_json(text) is None
