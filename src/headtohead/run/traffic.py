"""What the load generator's reports say of its traffic, in each mode."""

from collections.abc import Iterable, Sequence
from itertools import chain

from headtohead.load.open_model import OpenPlan, Stretch
from headtohead.load.plan import Pair, Sample
from headtohead.run.drop import BlockSamples
from headtohead.run.generator import generator_use, generator_use_under_load
from headtohead.run.open_tally import generator_lag_ms, lateness_ms, response_ms
from headtohead.run.progress import ArmTraffic, Traffic


def pair_traffic(pairs: Sequence[Pair], *, names: Sequence[str]) -> Traffic:
    """The traffic of some pairs, taken by one user.

    Args:
        pairs: Those of one report.
        names: Names of the variants, the baseline's first.
    """
    baseline, *variants = names
    arms = {
        baseline: _arm(
            sent=chain.from_iterable(
                (pair.baseline_washout, pair.baseline_sample) for pair in pairs
            ),
            compared=(pair.baseline_sample for pair in pairs),
            pairs=0,
        )
    }
    for index, name in enumerate(variants):
        own = [pair for pair in pairs if pair.variant == index]
        arms[name] = _arm(
            sent=chain.from_iterable((pair.variant_washout, pair.variant_sample) for pair in own),
            compared=(pair.variant_sample for pair in own),
            pairs=len(own),
        )
    use = generator_use(pairs) if pairs else None
    return Traffic(
        users=1,
        arms=arms,
        cpu_share=use.cpu_share if use else None,
        lag_seconds=use.lag_max_ms / 1000 if use else None,
    )


def block_traffic(
    block: BlockSamples, *, names: Sequence[str], users: int, block_seconds: float
) -> Traffic:
    """The traffic of one block.

    Args:
        block: The block.
        names: Names of the variants, the baseline's first.
        users: Users who put it on.
        block_seconds: How long it was to be measured.
    """
    use = generator_use_under_load([[block]], block_seconds=block_seconds)
    sent = [sample for part in block.parts for sample in part.samples]
    # Requests to the arm before, in flight at the switch, are reported with this block.
    arms = {
        name: _arm(sent=own, compared=(), pairs=0)
        for name in names
        if (own := [sample for sample in sent if sample.identity.endswith(f"/{name}")])
    }
    name = names[block.arm]
    arms[name] = _arm(
        sent=(sample for sample in sent if sample.identity.endswith(f"/{name}")),
        compared=block.counted,
        pairs=1 if block.arm else 0,
        turned_to=block.parts[0].block.started,
    )
    return Traffic(
        users=users,
        arms=arms,
        cpu_share=use.cpu_share,
        lag_seconds=use.lag_max_ms / 1000,
    )


def stretch_traffic(stretch: Stretch, *, names: Sequence[str], plan: OpenPlan) -> Traffic:
    """The traffic of one stretch of the open model.

    Args:
        stretch: The stretch.
        names: Names of the variants, the baseline's first.
        plan: What it is part of.
    """
    sent = [arrival for arrival in stretch.arrivals if arrival.sample]
    times = [
        time
        for arrival in sent
        if arrival.sample and not arrival.sample.error
        if (time := response_ms(arrival)) is not None
    ]
    arm = ArmTraffic(
        requests=len(sent),
        errors=len(sent) - len(times),
        response_ms=times,
        pairs=1 if stretch.arm else 0,
        turned_to=stretch.started,
    )
    return Traffic(
        users=plan.users,
        arms={names[stretch.arm]: arm},
        lag_seconds=max(map(generator_lag_ms, stretch.arrivals), default=0.0) / 1000,
        rate=plan.rate,
        late_seconds=max(map(lateness_ms, sent), default=0.0) / 1000,
    )


def _arm(
    *,
    sent: Iterable[Sample],
    compared: Iterable[Sample],
    pairs: int,
    turned_to: float | None = None,
) -> ArmTraffic:
    samples = list(sent)
    return ArmTraffic(
        requests=len(samples),
        errors=sum(bool(sample.error) for sample in samples),
        response_ms=[sample.milliseconds for sample in compared if not sample.error],
        pairs=pairs,
        turned_to=turned_to,
    )
