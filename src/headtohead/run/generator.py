"""How the load generator fared, from what its pairs say of themselves."""

from collections.abc import Iterator, Sequence

import numpy as np

from headtohead import caveats
from headtohead.caveats import Caveat
from headtohead.load.plan import Pair
from headtohead.measurement import GeneratorUse
from headtohead.run.drop import BlockSamples
from headtohead.server_timing import ServerTiming

# The generator waits for its one request, so the share of time in which it computes is at most the
# share of a measured time that is its own. Both arms have it alike, and a ratio is drawn towards 1
# by it. From a half on, half of a difference may be lost: that needs saying. From four fifths on, a
# difference of 10 % may look like one within the default margin of 2 %, and "no difference" would
# be a statement about the client.
NOTABLE_CPU_SHARE = 0.5
TOLERATED_CPU_SHARE = 0.8

# A hold-up strikes whichever request it meets, and the longer of two more often; the median hardly
# cares. If one pair in four is held up for longer than a pair takes, and two thirds of them strike
# the same arm, as they do where it is twice as long, the median moves to the 56th percentile of the
# other pairs, a seventh of their standard deviation: about what the confidence sequence of a
# thousand pairs allows for. Beyond that the interval no longer covers what the hold-ups do.
TOLERATED_HELD_UP_SHARE = 0.25
# No scheduler makes a process wait for a second. One that did was suspended, and so perhaps was
# everything else; connections and caches may not be what they were.
TOLERATED_HOLD_UP_MS = 1000.0
# A block is that much longer where the loop is late at its end, as a part of its length. What ended
# meanwhile is counted over the time that really passed, so only latencies suffer.
TOLERATED_BLOCK_LAG = 0.1


def generator_use(pairs: Sequence[Pair]) -> GeneratorUse:
    """Sum up how the generator fared.

    What passed between the ends of two pairs is the server's time, as it says itself, the
    generator's own CPU time, and a rest: the way there and back, waking up, and whatever held
    either of them up. The way is about the same for every pair of a comparison, so what exceeds
    the median of the rest is lag. Neither arm is told from the other.

    Args:
        pairs: All pairs of an experiment, at least one.
    """
    lags: list[float] = []
    held_up: list[bool] = []
    for comparison in {pair.variant for pair in pairs}:
        found = [
            (pair.elapsed_ms, rest)
            for pair in pairs
            if pair.variant == comparison and (rest := _rest_ms(pair)) is not None
        ]
        if found:
            usual_ms, usual_rest = np.median(found, axis=0).tolist()
            lags += [max(0.0, rest - usual_rest) for _, rest in found]
            held_up += [rest - usual_rest > usual_ms for _, rest in found]
    return GeneratorUse(
        cpu_share=sum(pair.cpu_ms for pair in pairs) / sum(pair.elapsed_ms for pair in pairs),
        held_up_share=sum(held_up) / len(pairs),
        lag_p99_ms=float(np.percentile(lags or [0.0], 99)),
        lag_max_ms=float(max(lags, default=0.0)),
    )


def generator_use_under_load(
    arms: Sequence[Sequence[BlockSamples]], *, block_seconds: float
) -> GeneratorUse:
    """Sum up how the generator fared in blocks.

    The arm that kept it busiest counts, and of several processes the busiest: one that is saturated
    by the faster arm alone draws that arm towards the slower one. A block that lasted longer than
    was planned shows that the event loop was held up just then.

    Args:
        arms: The blocks of every arm.
        block_seconds: How long a block was to be measured.
    """
    processes = [
        [part.block for part in parts]
        for blocks in arms
        for parts in zip(*(block.parts for block in blocks), strict=True)
    ]
    lags = [
        (block.ended - block.drained - block_seconds) * 1000
        for blocks in processes
        for block in blocks
    ]
    tolerated = block_seconds * 1000 * TOLERATED_BLOCK_LAG
    return GeneratorUse(
        cpu_share=max(
            sum(block.cpu_seconds for block in blocks)
            / sum(block.ended - block.drained for block in blocks)
            for blocks in processes
        ),
        held_up_share=sum(lag > tolerated for lag in lags) / len(lags),
        lag_p99_ms=max(0.0, float(np.percentile(lags, 99))),
        lag_max_ms=max(0.0, *lags),
    )


def load_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    """What the generator's state says against an experiment under load."""
    if use.cpu_share > TOLERATED_CPU_SHARE:
        yield caveats.generator_saturated(share=use.cpu_share)
    yield from _held_up_caveats(use)


def generator_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    """What the generator's state says against the experiment."""
    if use.cpu_share > TOLERATED_CPU_SHARE:
        yield caveats.generator_saturated(share=use.cpu_share)
    elif use.cpu_share > NOTABLE_CPU_SHARE:
        yield caveats.client_bound(share=use.cpu_share)
    yield from _held_up_caveats(use)


def _held_up_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    if use.held_up_share > TOLERATED_HELD_UP_SHARE or use.lag_max_ms > TOLERATED_HOLD_UP_MS:
        yield caveats.held_up(share=use.held_up_share, p99_ms=use.lag_p99_ms, max_ms=use.lag_max_ms)


def _rest_ms(pair: Pair) -> float | None:
    """Time in which neither side worked; None where the server did not explain itself."""
    timings = [
        ServerTiming.from_header(sample.server_timing)
        for sample in pair.samples
        if not sample.error
    ]
    explained = [timing.total_ms for timing in timings if timing]
    unexplained = len(explained) < len(pair.samples)
    return None if unexplained else pair.elapsed_ms - pair.cpu_ms - sum(explained)
