import pytest

from dashboards.colours import BASELINE, PALETTE, variant_colours
from headtohead.experiment_registry import load_experiments
from tests.dashboards.declared import experiment

# Behind panels in Grafana's light and dark themes.
BACKGROUNDS = ("#ffffff", "#181b1f")
# WCAG 2.2, success criterion 1.4.11.
LEAST_CONTRAST = 3


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [BASELINE, *PALETTE])
def test_colours_stand_out_in_both_themes(colour):
    for background in BACKGROUNDS:
        darker, lighter = sorted((luminance(colour), luminance(background)))
        assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST


def test_baselines_share_a_colour_that_no_variant_has():
    colours = variant_colours([experiment("a", "slow", "fast"), experiment("b", "naive", "fast")])
    assert colours["slow"] == colours["naive"] == BASELINE
    assert colours["fast"] in PALETTE


def test_variants_of_one_experiment_differ():
    names = [f"variant{number}" for number in range(len(PALETTE))]
    colours = variant_colours([experiment("a", "slow", *names)])
    assert len({colours[name] for name in ("slow", *names)}) == len(PALETTE) + 1


def test_name_has_one_colour_whatever_its_part():
    colours = variant_colours([experiment("a", "slow", "fast"), experiment("b", "fast", "faster")])
    assert colours["fast"] in PALETTE
    assert colours["fast"] != colours["faster"]


def test_more_variants_than_colours_start_over():
    names = [f"variant{number}" for number in range(len(PALETTE) + 1)]
    assert set(variant_colours([experiment("a", "slow", *names)]).values()) == {BASELINE, *PALETTE}


def test_declared_variants_of_one_experiment_differ():
    registry = load_experiments("app.experiments")
    colours = variant_colours(registry)
    for declared in registry:
        names = [variant.name for variant in declared.all_variants]
        assert len({colours[name] for name in names}) == min(len(names), len(PALETTE) + 1)
