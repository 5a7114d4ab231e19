"""Whatever happens to a line of a history, the other lines are as they were."""

import math
import resource
import subprocess
from datetime import UTC
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.ci.history import report
from headtohead.ci.history.history_file import append, encode, read_history
from headtohead.ci.history.series import series_of
from headtohead.errors import RecordError
from headtohead.report import html, markdown
from tests.ci.history.samples import entries, entry

ENTRIES = entries([1.0, 1.01, 0.99, 1.02])
LINES = [encode(each) for each in ENTRIES]
WHOLE = b"".join(LINES)


@pytest.fixture
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("history") / "history.jsonl"


def read(content, folder):
    path = folder / "history.jsonl"
    path.write_bytes(content)
    return read_history(path)


@given(at=st.integers(0, len(WHOLE) - 2), bit=st.integers(0, 7))
def test_a_flipped_bit_loses_its_line_and_no_other(at, bit, tmp_path_factory):
    spoiled = bytearray(WHOLE)
    spoiled[at] ^= 1 << bit
    # Two lines may become one.
    expected = 2 if b"\n" in {WHOLE[at : at + 1], bytes(spoiled[at : at + 1])} else 1
    found = read(bytes(spoiled), tmp_path_factory.mktemp("flipped"))
    lost = [each for each in ENTRIES if each not in found.entries]
    assert 1 <= len(lost) <= expected
    assert found.damaged
    assert len(found.entries) == len(ENTRIES) - len(lost)


@given(length=st.integers(0, len(WHOLE)))
def test_a_file_that_was_cut_off_loses_its_last_line_and_can_be_added_to(length, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    found = read(WHOLE[:length], folder)
    whole = WHOLE[:length].count(b"\n")
    # A line that lacks nothing but its end is whole.
    assert len(found.entries) in {whole, whole + 1}
    assert found.entries == tuple(ENTRIES[: len(found.entries)])
    new = entry(99)
    append([new], folder / "history.jsonl")
    after = read_history(folder / "history.jsonl")
    assert after.entries == (*found.entries, new)
    assert after.damaged == found.damaged


@given(order=st.permutations(range(len(LINES))), twice=st.sets(st.integers(0, len(LINES) - 1)))
def test_lines_in_any_order_and_twice_are_the_same_measurements(order, twice, tmp_path_factory):
    lines = [LINES[number] for number in (*order, *twice)]
    found = read(b"".join(lines), tmp_path_factory.mktemp("merged"))
    assert set(found.entries) == set(ENTRIES)
    assert len(found.entries) == len(ENTRIES)
    assert found.damaged == ()


def test_what_is_wrong_with_a_line_is_told_with_its_number(path):
    newer = WHOLE.replace(b'"schema":1', b'"schema":2')
    path.write_bytes(LINES[0] + b"<<<<<<< main\n\n" + LINES[1][:40] + b"\n" + newer)
    damaged = read_history(path).damaged
    assert [each.line for each in damaged] == [2, 4, 5, 6, 7, 8]
    assert damaged[0].problem == "a mark of an unfinished merge"
    assert damaged[1].problem == "its checksum differs"


def test_adding_again_adds_nothing(path):
    assert append(ENTRIES, path) == tuple(ENTRIES)
    assert append(ENTRIES, path) == ()
    assert path.read_bytes() == WHOLE


@pytest.mark.process
def test_branches_that_both_added_merge_without_a_conflict(tmp_path):
    git = partial(subprocess.run, cwd=tmp_path, check=True, capture_output=True)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    path = tmp_path / "history.jsonl"
    (tmp_path / ".gitattributes").write_text("history.jsonl merge=union\n")
    append(ENTRIES[:1], path)

    def commit() -> None:
        git(["git", "add", "--all"])
        git(["git", *who, "commit", "--quiet", "--message", "Add"])

    git(["git", "init", "--quiet", "--initial-branch=main"])
    commit()
    git(["git", "checkout", "--quiet", "-b", "other"])
    append(ENTRIES[1:3], path)
    commit()
    git(["git", "checkout", "--quiet", "main"])
    append(ENTRIES[3:], path)
    commit()
    git(["git", *who, "merge", "--quiet", "--no-edit", "other"])
    assert set(read_history(path).entries) == set(ENTRIES)
    assert read_history(path).damaged == ()


def test_a_file_that_is_not_there_is_named_with_what_begins_one(tmp_path):
    with pytest.raises(RecordError, match="no history at .*; `h2h compare ANCHOR COMMIT`"):
        read_history(tmp_path / "history.jsonl")


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(RecordError, match="cannot be written"):
        append(ENTRIES, tmp_path / "missing" / "history.jsonl")


@pytest.mark.parametrize("room", [0, 1, len(LINES[2]) + 5])
@pytest.mark.parametrize("held", [0, 2])
def test_a_disk_that_does_not_take_all_keeps_what_was_there_and_says_so(room, held, path):
    before = b"".join(LINES[:held])
    path.write_bytes(before)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + room, hard))
    try:
        with pytest.raises(RecordError, match=r"cannot be written \(.*\); make room for it"):
            append(ENTRIES[held:], path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert append(ENTRIES, path) == tuple(ENTRIES[held:])


SPOILED = st.lists(st.sampled_from([*LINES, b"[" * 9999, b"\xff"])).map(b"".join)


@given(content=st.binary() | SPOILED)
def test_no_content_of_a_file_is_too_much(content, tmp_path_factory):
    read(content, tmp_path_factory.mktemp("any"))


ODD = st.sampled_from([0.0, -1.0, 1e-300, 1e308, math.inf])
NUMBERS = st.floats(0.01, 100) | st.floats(allow_nan=False, allow_infinity=False) | ODD


@given(
    ratio=st.floats(0.01, 100) | NUMBERS.filter(math.isfinite),
    ci95=st.tuples(NUMBERS, NUMBERS).map(sorted),
    subject=st.text(st.characters(exclude_categories=["Cs"])),
    commit=st.text(st.characters(exclude_categories=["Cs"])),
    committed_at=st.datetimes(timezones=st.none() | st.just(UTC)),
)
def test_a_line_that_cannot_be_true_costs_itself_and_any_other_can_be_drawn(
    ratio, ci95, subject, commit, committed_at, tmp_path_factory
):
    odd = entry(9, ratio, ci95=ci95, subject=subject, commit=commit, committed_at=committed_at)
    found = read(b"".join([*LINES, encode(odd)]), tmp_path_factory.mktemp("odd"))
    assert set(ENTRIES) <= set(found.entries)
    assert len(found.entries) + len(found.damaged) == len(ENTRIES) + 1
    series = series_of(found.entries)
    html.render(report.page(series, damaged=()))
    markdown.render(report.measurements(series))
