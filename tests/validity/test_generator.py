import pytest

from headtohead.load.messages.throughput import Block
from headtohead.modes.latency.pair_tally import generator_use
from headtohead.modes.throughput.block_filter import (
    BlockPart,
    BlockSamples,
    generator_use_under_load,
)
from headtohead.validity import generator
from headtohead.validity.generator import generator_caveats, load_caveats
from tests.run.factories import pair


def codes(pairs: list) -> set[str]:
    return {caveat.code for caveat in generator_caveats(generator_use(pairs))}


def pairs_held_up(count: int, *, by_ms: float, of: int = 200) -> list:
    """Pairs that take 30 ms, some of them longer, in an even mixture."""
    return [pair(elapsed_ms=30 + (by_ms if index < count else 0)) for index in range(of)]


def test_cpu_share_is_the_generators_time_over_all_time():
    assert generator_use([pair(cpu_ms=3), pair(cpu_ms=6)]).cpu_share == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("share", "found"),
    [(0.4, set()), (0.6, {"client-bound"}), (0.9, {"generator-saturated"})],
)
def test_a_high_share_is_told_and_a_very_high_one_invalidates(share, found):
    pairs = [pair(cpu_ms=30 * share)] * 50
    assert codes(pairs) == found
    invalid = any(caveat.invalidates for caveat in generator_caveats(generator_use(pairs)))
    assert invalid is (share == 0.9)


def test_lag_is_what_exceeds_the_usual_rest():
    use = generator_use(pairs_held_up(1, by_ms=40))
    assert use.lag_max_ms == pytest.approx(40)
    assert use.lag_p99_ms == pytest.approx(0)
    assert use.held_up_share == 1 / 200


def test_time_the_server_or_the_generator_worked_is_no_lag():
    usual = [pair() for _ in range(100)]
    computing = pair(elapsed_ms=30 + 80, cpu_ms=1 + 80)
    timing = usual[0].baseline_sample.server_timing.replace("total;dur=2.000", "total;dur=62.000")
    slow = pair(elapsed_ms=30 + 2 * 60, server_timing=timing)
    assert generator_use([*usual, computing, slow]).lag_max_ms == pytest.approx(0)


def test_comparisons_of_different_speed_do_not_look_like_lag():
    pairs = [pair()] * 60 + [pair(variant=1, variant_ms=500.0)] * 40
    assert codes(pairs) == set()


def test_a_few_hold_ups_are_tolerated_and_many_invalidate():
    assert codes(pairs_held_up(40, by_ms=60)) == set()
    assert codes(pairs_held_up(60, by_ms=60)) == {"held-up"}
    assert codes(pairs_held_up(60, by_ms=20)) == set()


def test_a_single_stop_of_seconds_invalidates():
    use = generator_use(pairs_held_up(1, by_ms=1500))
    assert use.lag_max_ms == pytest.approx(1500)
    assert list(generator_caveats(use)) == [
        generator.held_up(share=use.held_up_share, p99_ms=use.lag_p99_ms, max_ms=use.lag_max_ms)
    ]


def test_pairs_the_server_did_not_explain_say_nothing_of_lag():
    unexplained = pair(elapsed_ms=9000, server_timing="")
    failed = pair(elapsed_ms=9000, error="500")
    assert generator_use([unexplained, failed]).lag_max_ms == 0


def blocks(*cpu_seconds: float, late: float = 0.0, late_blocks: int = 0) -> list[BlockSamples]:
    """Twenty blocks of half a second of one arm; what each process used in each of them."""
    return [
        BlockSamples(
            parts=tuple(
                BlockPart(
                    block=Block(
                        round=number,
                        arm=0,
                        started=100.0 + number,
                        drained=100.1 + number,
                        ended=100.6 + number + (late if number < late_blocks else 0.0),
                        cpu_seconds=used,
                    ),
                    samples=(),
                )
                for used in cpu_seconds
            )
        )
        for number in range(20)
    ]


def test_under_load_the_busiest_process_at_its_busiest_arm_counts():
    use = generator_use_under_load([blocks(0.1, 0.2), blocks(0.05, 0.45)], block_seconds=0.5)
    assert use.cpu_share == pytest.approx(0.9)
    (caveat,) = load_caveats(use)
    assert (caveat.code, caveat.invalidates) == ("generator-saturated", True)


def test_under_load_half_a_core_is_nothing_to_tell():
    use = generator_use_under_load([blocks(0.3), blocks(0.3)], block_seconds=0.5)
    assert list(load_caveats(use)) == []
    assert use.lag_max_ms == pytest.approx(0, abs=1e-3)


def test_blocks_that_last_longer_than_planned_show_a_loop_that_was_held_up():
    arms = [blocks(0.1, late=0.2, late_blocks=12), blocks(0.1)]
    use = generator_use_under_load(arms, block_seconds=0.5)
    assert (use.held_up_share, use.lag_max_ms) == (0.3, pytest.approx(200))
    assert [caveat.code for caveat in load_caveats(use)] == ["held-up"]
    few = [blocks(0.1, late=0.2, late_blocks=2), blocks(0.1)]
    assert list(load_caveats(generator_use_under_load(few, block_seconds=0.5))) == []
