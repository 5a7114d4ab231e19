"""The colour of every variant: the same wherever it is drawn."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from headtohead.experiment import Experiment

# Told apart by those who see red and green alike, and three times as light or dark as what lies
# behind them in Grafana's light and dark themes.
BASELINE = "#7b8ca3"
PALETTE = ("#2f7ed8", "#d55e00", "#009e73", "#8e5bd0", "#a5780a", "#d81b60")
# What belongs to no variant.
NEUTRAL = "#8a8a8a"

GOOD = "#2a9d4a"
BAD = "#d64541"
OPEN = "#c27c0e"
INVALID = "#8e5bd0"


def variant_colours(experiments: Iterable[Experiment]) -> Mapping[str, str]:
    """A colour for every name of a variant.

    A name that is a baseline wherever it appears gets the baseline's colour. Any other keeps one
    colour over all experiments, which no other variant of them has as long as the palette lasts.
    """
    experiments = list(experiments)
    baselines = {each.baseline.name for each in experiments}
    others = {variant.name for each in experiments for variant in each.variants}
    colours = dict.fromkeys(sorted(baselines - others), BASELINE)
    rivals = _rivals(experiments)
    for name in sorted(others):
        taken = {colours[rival] for rival in rivals[name] if rival in colours}
        free = [colour for colour in PALETTE if colour not in taken]
        colours[name] = (free or PALETTE)[0]
    return colours


def names_by_colour(colours: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """The names of variants that share a colour."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for name, colour in colours.items():
        grouped[colour].append(name)
    return grouped


def _rivals(experiments: Iterable[Experiment]) -> Mapping[str, set[str]]:
    """The names that each name is drawn beside."""
    rivals: defaultdict[str, set[str]] = defaultdict(set)
    for experiment in experiments:
        names = {variant.name for variant in experiment.all_variants}
        for name in names:
            rivals[name] |= names - {name}
    return rivals
