import pytest

from headtohead.host.text_streams import STAND_INS, shown


def test_what_the_encoding_has_stays_as_it_is():
    text = "naïve → joined … 0.5 \N{MULTIPLICATION SIGN} 3 µs\nsecond line"
    assert shown(text, encoding="utf-8") == text


def test_what_h2h_itself_prints_reads_well_in_ascii():
    assert shown("62 → 3, 5 µs, 2 \N{MULTIPLICATION SIGN} 3, [0, ∞] …", encoding="ascii") == (
        "62 -> 3, 5 us, 2 x 3, [0, inf] ..."
    )
    assert all(each.isascii() for each in STAND_INS.values())


def test_latin_1_loses_only_what_it_lacks():
    assert shown("é → µ", encoding="iso-8859-1") == "é -> µ"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b31mb", r"a\x9b31mb"),
        ("a\x00\x07b", r"a\x00\x07b"),
        ("a\udcffb", r"a\udcffb"),
        ("a\u202eb", r"a\u202eb"),
        ("a\tb\rc\u00a0d", "a b c d"),
        ("two\nlines", "two\nlines"),
        ("[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:"),
    ],
)
def test_nothing_moves_the_cursor_and_nothing_fails(text, seen, encoding):
    assert shown(text, encoding=encoding) == seen


def test_a_letter_that_has_no_stand_in_is_escaped():
    assert shown("café 😀", encoding="ascii") == r"caf\xe9 \U0001f600"
