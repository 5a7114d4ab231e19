import json
import subprocess
import sys
from dataclasses import replace
from zlib import crc32

import psutil
import pytest

from headtohead.errors import MeasurementError
from headtohead.load.control.load_generator import load_generator
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.latency import PairPlan
from headtohead.load.messages.throughput import Block, BlockPlan


def arm(variant: str, *, url: str, path: str = "/equal") -> Arm:
    return Arm(
        identity=f"e/{variant}",
        base_url=url,
        method="GET",
        path=path,
        headers={
            "Baggage": f"h2h.experiment=e,h2h.variant={variant}",
            "HeadToHead-Token": "secret",
        },
        body=None,
    )


def plan(url: str, *, path: str = "/equal", seconds: float = 0.5, **changes: object) -> PairPlan:
    fields = {
        "baseline": arm("one", url=url, path=path),
        "variants": (arm("other", url=url, path=path),),
        "warm_up": 5,
        "seconds": seconds,
        "seed": 1,
    }
    return PairPlan(**(fields | changes))


def taken(plan: PairPlan) -> list:
    with load_generator() as generator:
        generator.start(plan)
        return [pair for batch in generator.batches() for pair in batch]


def test_pairs_hold_one_request_to_each_arm_in_the_order_of_the_coin(variants_server):
    pairs = taken(plan(variants_server))
    assert len(pairs) > 5
    for pair in pairs:
        assert pair.baseline_sample.identity == "e/one"
        assert pair.variant_sample.identity == "e/other"
        baseline_earlier = pair.baseline_sample.started < pair.variant_sample.started
        assert baseline_earlier is pair.baseline_first
    assert len({pair.baseline_first for pair in pairs}) == 2


def test_times_are_raw_and_see_a_slow_arm(variants_server):
    pairs = taken(plan(variants_server, path="/slow-baseline"))
    assert all(pair.baseline_sample.milliseconds >= 4 for pair in pairs)
    # Locust's statistics would have rounded every one of them to a whole number.
    assert any(not pair.baseline_sample.milliseconds.is_integer() for pair in pairs)


def test_samples_carry_the_servers_explanation_and_the_body_length(variants_server):
    sample = taken(plan(variants_server))[0].variant_sample
    assert 'variant;desc="e/other"' in sample.server_timing
    assert sample.body_bytes == len(b'{"rows": [1, 2, 3]}')


def test_method_headers_and_body_are_sent_as_declared(variants_server):
    posted = replace(
        arm("one", url=variants_server, path="/echo"),
        method="POST",
        headers={**arm("one", url="").headers, "Content-Type": "application/json"},
        body='{"name": "Å"}',
    )
    sample = taken(plan(variants_server, baseline=posted))[0].baseline_sample
    assert sample.checksum == crc32('POST application/json {"name": "Å"}'.encode())


def test_failed_requests_are_samples_with_an_error(variants_server):
    pairs = taken(plan(variants_server, path="/failing"))
    assert all("500" in pair.variant_sample.error for pair in pairs)
    assert not any(pair.baseline_sample.error for pair in pairs)


def test_closed_comparison_ends_before_its_time(variants_server):
    with load_generator() as generator:
        generator.start(plan(variants_server, seconds=600))
        batches = generator.batches()
        next(batches)
        generator.close_comparison(0)
        assert all(isinstance(batch, list) for batch in batches)


@pytest.mark.process
def test_generator_never_imports_django():
    finding = (
        "import sys, json, headtohead.load.generator.process; print(json.dumps(list(sys.modules)))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", finding], capture_output=True, text=True, check=True
    )
    assert "django" not in {name.partition(".")[0] for name in json.loads(completed.stdout)}


def test_no_process_is_left_when_the_block_ends_in_an_error(variants_server):
    def fail_while_measuring() -> None:
        with load_generator() as generator:
            started.append(generator.process_id)
            generator.start(plan(variants_server, seconds=600))
            next(generator.batches())
            raise KeyboardInterrupt

    started: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        fail_while_measuring()
    assert not psutil.pid_exists(started[0])


def test_generator_that_breaks_down_is_reported_in_its_own_words(variants_server):
    with load_generator() as generator:
        generator.start(plan(variants_server, seconds=600))
        batches = generator.batches()
        next(batches)
        psutil.Process(generator.process_id).terminate()
        with pytest.raises(MeasurementError, match="ended early"):
            list(batches)


def test_a_request_before_an_arm_is_sent_but_not_measured(variants_server):
    heavy = arm("one", url=variants_server, path="/slow-baseline")
    preceded = replace(arm("other", url=variants_server), preceded_by=heavy)
    pairs = taken(plan(variants_server, variants=(preceded,)))
    assert {pair.variant_sample.identity for pair in pairs} == {"e/other"}
    busy = sum(
        pair.baseline_sample.milliseconds + pair.variant_sample.milliseconds for pair in pairs
    )
    last = pairs[-1]
    lasted = max(last.baseline_sample.started, last.variant_sample.started) - min(
        pairs[0].baseline_sample.started, pairs[0].variant_sample.started
    )
    # The server spends 4 ms on each of the requests that are not measured.
    assert lasted - busy / 1000 >= 0.004 * (len(pairs) - 1)


def blocks_taken(
    url: str, *, path: str = "/equal", users: int = 4, seconds: float = 1.5
) -> tuple[list[Block], list[Sample]]:
    plan = BlockPlan(
        arms=(arm("one", url=url, path=path), arm("other", url=url, path=path)),
        users=users,
        warm_up=10,
        block_seconds=0.1,
        seconds=seconds,
        seed=1,
    )
    blocks: list[Block] = []
    samples: list[Sample] = []
    with load_generator() as generator:
        generator.start(plan)
        for batch in generator.block_batches():
            blocks += batch.blocks
            samples += batch.samples
    return blocks, samples


def test_all_users_send_to_one_arm_at_a_time(variants_server):
    blocks, samples = blocks_taken(variants_server)
    assert len(blocks) >= 4
    assert len(blocks) % 2 == 0
    for block in blocks:
        within = [each for each in samples if block.started <= each.started < block.ended]
        assert {each.identity for each in within} == {("e/one", "e/other")[block.arm]}
    assert {each.round for each in blocks} == set(range(len(blocks) // 2))


def test_block_is_measured_once_nothing_of_the_block_before_is_in_flight(variants_server):
    blocks, samples = blocks_taken(variants_server, path="/pool")
    for block in blocks[1:]:
        assert block.started <= block.drained < block.ended
        in_flight = [
            each.started + each.milliseconds / 1000
            for each in samples
            if each.started < block.started < each.started + each.milliseconds / 1000
        ]
        assert in_flight
        # The clock of a sample and that of a block are read at slightly different moments.
        assert max(in_flight) <= block.drained + 0.001


def test_users_stay_and_no_request_is_lost(variants_server):
    """Two of four users are served at a time, in every block and at its end."""
    blocks, samples = blocks_taken(variants_server, path="/pool")
    for block in blocks:
        middle = (block.drained + block.ended) / 2
        under_way = [
            each
            for each in samples
            if each.started < middle <= each.started + each.milliseconds / 1000
        ]
        assert len(under_way) in {3, 4}
    assert not any(each.error for each in samples)


def test_each_arm_goes_to_its_own_server(variants_server, other_variants_server):
    """Each server says how many requests it has answered: both as many, if each has one arm."""
    other = arm("other", url=other_variants_server, path="/answered")
    pairs = taken(plan(variants_server, path="/answered", variants=(other,)))
    assert len(pairs) > 5
    for pair in pairs:
        assert pair.baseline_washout.checksum != pair.baseline_sample.checksum
        assert pair.baseline_sample.checksum == pair.variant_sample.checksum
