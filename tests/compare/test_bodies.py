"""Bodies of both sides, compared but for what changes by itself."""

import json

import pytest

from headtohead.compare.bodies import BodyComparison, compare_bodies
from headtohead.records.encoding import encode


def compared(base: tuple[bytes, bytes], head: tuple[bytes, bytes]) -> tuple[str, str]:
    found = compare_bodies(base, head)
    return found.varying, found.difference


def documents(base: tuple[object, object], head: tuple[object, object]) -> tuple[str, str]:
    sides = [tuple(json.dumps(each).encode() for each in side) for side in (base, head)]
    return compared(*sides)


def test_equal_answers_differ_in_nothing():
    assert compare_bodies([b"{}"] * 2, [b"{}"] * 2) == BodyComparison()


def test_what_never_changes_is_compared_whole():
    assert documents(({"a": 1},) * 2, ({"a": 2},) * 2) == ("", "body.a: 1, not 2")
    assert compared((b'{"a": 1}',) * 2, (b'{"a":1}',) * 2)[1] == "byte 5: b' 1}', not b'1}'"


def test_an_id_and_a_date_are_left_out_and_named():
    def created(number: int, name: str) -> object:
        return {"id": number, "at": f"2026-12-01T00:00:0{number}", "name": name}

    alike = [tuple(created(n, "tea") for n in side) for side in ((1, 2), (3, 4))]
    assert documents(*alike) == ("body.id, body.at", "")
    other = tuple(created(n, "coffee") for n in (3, 4))
    assert documents(alike[0], other) == ("body.id, body.at", 'body.name: "tea", not "coffee"')


def test_what_changes_on_head_alone_is_left_out_too():
    assert documents(({"a": 1, "b": 1},) * 2, ({"a": 2, "b": 1}, {"a": 3, "b": 1})) == (
        "body.a",
        "",
    )


def test_what_changes_in_one_item_is_left_out_of_every_item():
    def rows(*ids: int, price: int = 5) -> object:
        return {"rows": [{"id": each, "price": price} for each in ids]}

    base = (rows(1, 2), rows(1, 3))
    assert documents(base, (rows(7, 8), rows(7, 9))) == ("body.rows[].id", "")
    assert documents(base, (rows(1, 2, price=6),) * 2) == (
        "body.rows[].id",
        "body.rows[0].price: 5, not 6",
    )


def test_of_plain_values_in_a_list_only_those_are_left_out_that_change():
    assert documents(([1, 5], [2, 5]), ([3, 6], [4, 6])) == ("body[0]", "body[1]: 5, not 6")


def test_a_list_that_grows_is_left_out_as_a_whole():
    base = ({"n": 1, "rows": [1]}, {"n": 1, "rows": [1, 2]})
    assert documents(base, ({"n": 1, "rows": [9]},) * 2) == ("body.rows", "")
    assert documents(base, ({"n": 2, "rows": [9]},) * 2) == ("body.rows", "body.n: 1, not 2")


def test_a_key_of_one_side_alone_is_a_difference():
    assert documents(({"a": 1, "b": 1}, {"a": 2, "b": 1}), ({"a": 1},) * 2) == (
        "body.a",
        "body.b: 1, not nothing",
    )


def test_a_body_that_changes_from_its_root_is_left_out():
    assert documents((1, 2), ({}, {})) == ("body", "")


def test_many_places_are_counted():
    base = tuple(dict.fromkeys("abcde", each) for each in (1, 2))
    assert documents(base, base) == ("body.a, body.b, body.c and 2 more", "")


def test_numbers_are_no_booleans_and_what_is_no_number_equals_itself():
    assert documents(({"a": 1, "b": 1}, {"a": 2, "b": 1}), ({"a": 1, "b": True},) * 2) == (
        "body.a",
        "body.b: 1, not true",
    )
    nan = (b'{"a": 1, "b": NaN}', b'{"a": 2, "b": NaN}')
    assert compared(nan, nan) == ("body.a", "")


PAGE = '<form>\n<input name="csrf" value="{token}">\n<b>{price}</b>\n</form>'


def page(token: str, price: str = "5 EUR") -> bytes:
    return PAGE.format(token=token, price=price).encode()


def test_a_token_in_a_page_is_left_out_by_its_line():
    base = (page("aA1+/="), page("bB2-_x"))
    assert compared(base, (page("c"), page("d"))) == ("line 2", "")
    assert compared(base, (page("c", "6 EUR"), page("d", "6 EUR"))) == (
        "line 2",
        "line 3: b'5', not b'6'",
    )


def test_what_stands_beside_a_token_is_compared():
    base = (b"a nonce=1 x\n", b"a nonce=2 x\n")
    assert compared(base, (b"a nonce=3 y\n", b"a nonce=4 y\n")) == (
        "line 1",
        "line 1: b'x', not b'y'",
    )


def test_a_line_of_another_number_of_words_each_time_is_left_out_whole():
    base = (b"one\na b c\nend\n", b"one\na b\nend\n")
    assert compared(base, (b"one\nd\nend\n",) * 2) == ("line 2", "")
    assert compared(base, (b"one\nd\nstop\n",) * 2) == (
        "line 2",
        "line 3: b'end\\n', not b'stop\\n'",
    )


def test_a_longer_page_is_a_difference():
    base = (b"1\n", b"2\n")
    assert compared(base, (b"3\nmore\n",) * 2) == ("line 1", "line 2: b'', not b'more'")


def test_a_page_of_another_number_of_lines_each_time_is_left_out():
    assert compared((b"a b\n", b"a b\nc d\n"), (b"x\n",) * 2) == ("body", "")


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "base",
    [
        (b'{"\\ud800": "\\udfff\\u0000"}', b'{"\\ud800": "\\udffe"}'),
        (b'{"a": "\\ud800", "b": 1}', b'{"a": "\\ud800", "b": 2}'),
        (b'"\\ud800"', b'"\\ud800"'),
        (b"\xff\xfe\x00", b"\xff\xfe\x01"),
        (b"", b"{}"),
        (DEEP, DEEP + b"1"),
        (b"[" * 900 + b"1" + b"]" * 900, b"[" * 900 + b"2" + b"]" * 900),
        (b"9" * 5000, b"8" * 5000),
    ],
)
@pytest.mark.parametrize("changes", [False, True])
def test_no_body_is_too_odd_for_a_record(base, changes):
    head = (b'{"a": "\\udc00\\u0000", "b": 1}', b'{"a": "\\udc01", "b": 1}')
    found = compare_bodies(base if changes else base[:1] * 2, head if changes else head[:1] * 2)
    assert found.difference or found.varying
    told = found.varying + found.difference
    assert told.isprintable()
    assert encode(found)


def test_a_huge_body_is_compared_by_its_lines():
    row = b"word " * 20 + b"\n"
    long = row * 25_000
    assert compared((b"a b\n" + long, b"a c\n" + long), (b"a d\n" + long,) * 2) == ("line 1", "")
