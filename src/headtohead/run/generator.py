"""How the load generator fared, from what its pairs say of themselves."""

from collections.abc import Iterator, Sequence

import numpy as np

from headtohead import caveats
from headtohead.caveats import Caveat
from headtohead.load.plan import Pair
from headtohead.measurement import GeneratorUse
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


def generator_caveats(use: GeneratorUse) -> Iterator[Caveat]:
    """What the generator's state says against the experiment."""
    if use.cpu_share > TOLERATED_CPU_SHARE:
        yield caveats.generator_saturated(share=use.cpu_share)
    elif use.cpu_share > NOTABLE_CPU_SHARE:
        yield caveats.client_bound(share=use.cpu_share)
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
