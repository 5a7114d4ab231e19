import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.cursors import LARGEST, FeedCursor

numbers = st.integers(min_value=0, max_value=LARGEST)


@given(position=numbers, last_id=numbers)
def test_a_token_is_read_as_the_cursor_it_was_made_of(position: int, last_id: int) -> None:
    cursor = FeedCursor(position=position, last_id=last_id)
    assert FeedCursor.from_token(cursor.token) == cursor


@given(position=numbers, last_id=numbers)
def test_a_token_goes_into_an_address_as_it_is(position: int, last_id: int) -> None:
    token = FeedCursor(position=position, last_id=last_id).token
    assert token.isascii()
    assert token.replace("-", "").replace("_", "").isalnum()


@given(token=st.text())
def test_text_is_a_cursor_or_refused(token: str) -> None:
    try:
        cursor = FeedCursor.from_token(token)
    except ValueError:
        return
    assert cursor.token == token


@pytest.mark.parametrize(
    "numbers", ["", "1", "1:", ":1", "1:2:3", "-1:2", "01:2", "1:2\n", "\uff11:2", f"{2**63}:1"]
)
def test_what_is_not_two_numbers_in_range_is_refused(numbers: str) -> None:
    token = base64.urlsafe_b64encode(numbers.encode()).rstrip(b"=").decode()
    with pytest.raises(ValueError, match="is not a cursor"):
        FeedCursor.from_token(token)


@pytest.mark.parametrize("change", ["{}=", "{}!", " {}", "{}\x00"])
def test_one_cursor_has_one_token(change: str) -> None:
    with pytest.raises(ValueError, match="is not a cursor"):
        FeedCursor.from_token(change.format(FeedCursor(position=5, last_id=7).token))
