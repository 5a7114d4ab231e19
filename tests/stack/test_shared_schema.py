"""What two revisions' migrations say of rows that both are to have."""

import pytest

from headtohead.protocol.migrations import Migration, Schema, from_output, to_line
from headtohead.stack.shared_schema import known_to_none, obstacle, to_undo


def migration(**changes: object) -> Migration:
    plain = {"replaces": (), "digest": "", "only_rows": False, "makes": ()}
    return Migration(**plain | changes)


FIRST = {"shop.1": migration(makes=("shop.item", "shop.item.name"))}
PRICE = {"shop.2": migration(makes=("shop.item.price",))}
ROWS = {"shop.3": migration(only_rows=True)}
SQUASH = {
    "shop.1_2": migration(
        replaces=("shop.1", "shop.2"), makes=("shop.item", "shop.item.name", "shop.item.price")
    )
}
NO_ORIGINS = {"shop.1_2": migration(makes=("shop.item", "shop.item.price"))}


def schema(migrations: dict[str, Migration], *applied: str) -> Schema:
    return Schema(migrations=migrations, applied=frozenset(applied))


@pytest.mark.parametrize(
    ("own", "other", "applied", "undone"),
    [
        (FIRST, FIRST | PRICE, ("shop.1", "shop.2"), ["shop.2"]),
        (FIRST | PRICE, FIRST, ("shop.1", "shop.2"), []),
        (FIRST, FIRST | ROWS, ("shop.1", "shop.3"), []),
        (FIRST, FIRST | PRICE | ROWS, ("shop.1", "shop.2", "shop.3"), ["shop.2", "shop.3"]),
        (SQUASH, FIRST | PRICE, ("shop.1", "shop.2"), []),
        (FIRST | PRICE, SQUASH, ("shop.1", "shop.2", "shop.1_2"), []),
        (FIRST, SQUASH, ("shop.1", "shop.2", "shop.1_2"), ["shop.1_2", "shop.2"]),
        (FIRST, FIRST | {"gone.1": migration()}, ("shop.1", "gone.1"), []),
        (FIRST, FIRST, ("shop.1", "shop.9"), []),
    ],
)
def test_what_the_other_side_alone_knows_is_undone(own, other, applied, undone):
    assert to_undo(schema(own, *applied), schema(other, *applied)) == undone


def test_what_neither_side_knows_is_told():
    rows = ("shop.1", "shop.9", "gone.1")
    assert known_to_none(schema(FIRST, *rows), schema(FIRST, *rows)) == ["shop.9"]


def test_other_contents_under_one_name_are_in_the_way_once_they_are_applied():
    own, other = ({"shop.1": migration(digest=each)} for each in "ab")
    told = "shop.1 does something else in each of them"
    assert obstacle(schema(own, "shop.1"), schema(other, "shop.1")) == told
    assert obstacle(schema(own), schema(other)) == ""
    assert obstacle(schema(own, "shop.1"), schema(FIRST, "shop.1")) == ""  # of a package


def test_nothing_is_undone_that_would_take_rows_with_it():
    rows = ("shop.1", "shop.2")
    own, other = schema(NO_ORIGINS, *rows), schema(FIRST | PRICE, *rows)
    assert obstacle(own, other) == "shop.1 and shop.1_2 both make shop.item"
    assert obstacle(schema(SQUASH, *rows), other) == ""
    squashed = schema(SQUASH, *rows, "shop.1_2")
    assert obstacle(schema(FIRST, *rows, "shop.1_2"), squashed) == (
        "shop.1_2 and shop.1 both make shop.item"
    )


def test_the_projects_answer_is_read_as_it_was_given():
    given = {"default": schema(FIRST | SQUASH, "shop.1")}
    assert from_output(f"loading\n{to_line(given)}\n") == given
    assert from_output("loading\n") == {}
