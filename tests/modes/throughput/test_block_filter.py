from dataclasses import replace

import pytest
from msgspec import structs

from headtohead.load.messages.arm import Sample
from headtohead.load.messages.throughput import Block
from headtohead.modes.throughput.block_filter import BlockPart, by_block, joined
from tests.run.factories import sample

FIRST = Block(round=0, arm=0, started=100.0, drained=100.1, ended=101.0, cpu_seconds=0.1)
SECOND = Block(round=0, arm=1, started=101.0, drained=101.2, ended=102.0, cpu_seconds=0.1)


def lasting(began: float, ended: float, **changes: object) -> Sample:
    return sample(started=began, milliseconds=(ended - began) * 1000, **changes)


def test_request_belongs_to_the_block_in_which_it_began():
    early, cut, late = lasting(100.2, 100.3), lasting(100.9, 101.1), lasting(101.0, 101.5)
    first, second = by_block([FIRST, SECOND], [late, cut, early])
    assert first.samples == (cut, early)
    assert second.samples == (late,)


def test_request_in_flight_at_a_switch_counts_in_neither_block():
    first, second = by_block([FIRST, SECOND], [lasting(100.9, 101.1)])
    assert list(first.counted) == list(second.counted) == []
    assert (first.arm_block().ended, second.arm_block().ended) == (0, 0)


def test_latency_is_that_of_requests_which_had_the_server_to_their_arm():
    block, _ = by_block(
        [FIRST, SECOND],
        [
            lasting(100.0, 100.05),
            lasting(100.0, 100.2),
            lasting(100.5, 100.6),
            lasting(100.8, 101.3),
        ],
    )
    seen = block.arm_block()
    # Of the four, the first ended during the drain, the second began in it, the last was cut.
    assert seen.ended == 2
    assert seen.seconds == pytest.approx(0.9)
    assert seen.ended_ms == pytest.approx([100])
    assert seen.cut_ms == pytest.approx([200])


def test_failed_request_counts_as_one_but_neither_for_throughput_nor_for_latency():
    block, _ = by_block([FIRST, SECOND], [lasting(100.5, 100.6, error="500")])
    assert [each.error for each in block.counted] == ["500"]
    seen = block.arm_block()
    assert (seen.ended, len(seen.ended_ms), len(seen.cut_ms)) == (0, 0, 0)


def an_hour_ahead(part: BlockPart) -> BlockPart:
    """The same by a clock that is wrong."""
    block, hour = part.block, 3600
    return BlockPart(
        block=replace(
            block,
            started=block.started + hour,
            drained=block.drained + hour,
            ended=block.ended + hour,
        ),
        samples=tuple(structs.replace(each, started=each.started + hour) for each in part.samples),
    )


def test_workers_whose_clocks_disagree_see_the_same_blocks():
    samples = [lasting(100.2, 100.3), lasting(100.9, 101.1), lasting(101.3, 101.5)]
    here = by_block([FIRST, SECOND], samples)
    there = by_block(
        [an_hour_ahead(part).block for part in here],
        [structs.replace(each, started=each.started + 3600) for each in samples],
    )
    first, second = joined([here, there])
    assert (first.round, first.arm, second.round, second.arm) == (0, 0, 0, 1)
    assert len(list(first.counted)) == len(list(second.counted)) == 2
    assert first.seconds == pytest.approx(1.0)
    seen = first.arm_block()
    # Each worker ended one request in 0.9 s.
    assert seen.ended / seen.seconds == pytest.approx(2 / 0.9)
    assert seen.ended_ms == pytest.approx([100, 100], abs=0.01)


def test_block_that_a_worker_did_not_see_to_its_end_is_left_out():
    here, there = by_block([FIRST, SECOND], []), by_block([FIRST], [])
    (first,) = joined([here, there])
    assert first.arm == 0
    assert len(first.parts) == 2
