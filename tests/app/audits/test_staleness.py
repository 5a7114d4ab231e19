"""The checker against histories of a register that is right, and of one that is not."""

from hypothesis import given
from hypothesis import strategies as st

from app.audits.staleness import Read, StaleRead, Write, stale_reads

times = st.integers(min_value=0, max_value=200).map(float)
writes = st.lists(
    st.builds(Write, version=st.integers(min_value=1, max_value=30), acknowledged_at=times),
    max_size=30,
)
reads = st.lists(
    st.builds(Read, version=st.integers(min_value=0, max_value=30), sent_at=times), max_size=30
)
durations = st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=40)


def by_definition(*, writes: list[Write], reads: list[Read]) -> tuple[StaleRead, ...]:
    found = []
    for read in reads:
        newer = [
            write.acknowledged_at
            for write in writes
            if write.acknowledged_at <= read.sent_at and write.version > read.version
        ]
        if newer:
            found.append(StaleRead(read=read, age=read.sent_at - min(newer)))
    return tuple(found)


@given(writes=writes, reads=reads)
def test_it_finds_what_the_definition_says(writes: list[Write], reads: list[Read]) -> None:
    assert stale_reads(writes=writes, reads=reads) == by_definition(writes=writes, reads=reads)


@given(data=st.data(), durations=durations)
def test_a_register_that_is_right_has_no_stale_read(data: st.DataObject, durations) -> None:
    """Each write takes effect at some moment before its acknowledgement, each read at some moment
    between being sent and being answered."""
    writes, effects, now = [], [], 0
    for version, duration in enumerate(durations, start=1):
        effects.append(now + data.draw(st.integers(min_value=0, max_value=duration)))
        now += duration
        writes.append(Write(version=version, acknowledged_at=now))
    reads = []
    for sent, takes in data.draw(
        st.lists(st.tuples(st.integers(min_value=0, max_value=now), st.integers(0, 20)))
    ):
        looked = sent + data.draw(st.integers(min_value=0, max_value=takes))
        reads.append(Read(version=sum(each <= looked for each in effects), sent_at=sent))
    assert stale_reads(writes=writes, reads=reads) == ()


@given(writes=writes.filter(bool), wait=st.integers(min_value=0, max_value=50))
def test_a_read_that_sees_less_than_was_acknowledged_is_caught(
    writes: list[Write], wait: int
) -> None:
    newest = max(writes, key=lambda write: write.version)
    read = Read(version=newest.version - 1, sent_at=newest.acknowledged_at + wait)
    (stale,) = stale_reads(writes=writes, reads=[read])
    assert (stale.read, stale.age >= wait) == (read, True)


def test_the_age_counts_from_the_first_write_that_was_not_seen() -> None:
    writes = [Write(version=number, acknowledged_at=float(number)) for number in (3, 1, 2)]
    (stale,) = stale_reads(writes=writes, reads=[Read(version=1, sent_at=5.0)])
    assert stale.age == 3.0


def test_a_write_that_is_acknowledged_while_the_read_is_under_way_may_be_missed() -> None:
    writes = [Write(version=2, acknowledged_at=1.5)]
    assert stale_reads(writes=writes, reads=[Read(version=1, sent_at=1.4)]) == ()


def test_a_write_may_acknowledge_later_versions_too() -> None:
    """Whoever reads back after writing may meet the next write already."""
    writes = [Write(version=3, acknowledged_at=1.0), Write(version=2, acknowledged_at=2.0)]
    assert stale_reads(writes=writes, reads=[Read(version=3, sent_at=3.0)]) == ()
    assert len(stale_reads(writes=writes, reads=[Read(version=2, sent_at=3.0)])) == 1
