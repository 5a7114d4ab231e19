"""What all panels of a kind share, so that a panel states what is its own."""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import common as build
from grafana_foundation_sdk.builders import dashboard, heatmap, stat, table, text, timeseries
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    ValueMap,
)
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode, HeatmapColorScale
from grafana_foundation_sdk.models.text import TextMode

from dashboards.colours import NEUTRAL, PALETTE, names_by_colour


class _WithOverrides(Protocol):
    def override_by_regexp(self, regexp: str, properties: list[DynamicConfigValue]) -> Self: ...


Panel = TypeVar("Panel", bound=_WithOverrides)


def series_panel(
    *, title: str, description: str, unit: str, from_zero: bool = True
) -> timeseries.Panel:
    """Lines over time, with a legend that also gives each line's mean and last value.

    Where it is not drawn from zero, it shows how a value changes and not how large it is.
    """
    panel = timeseries.Panel()
    if from_zero:
        panel.min(0)
    return (
        panel.title(title)
        .description(description)
        .unit(unit)
        .no_value("Nothing in this time range")
        .span(12)
        .height(9)
        .line_width(2)
        .fill_opacity(0)
        .show_points(common.VisibilityMode.AUTO)
        .point_size(4)
        .span_nulls(False)
        .line_interpolation(common.LineInterpolation.LINEAR)
        .legend(
            build.VizLegendOptions()
            .display_mode(common.LegendDisplayMode.TABLE)
            .placement(common.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["mean", "lastNotNull"])
        )
        .tooltip(
            build.VizTooltipOptions()
            .mode(common.TooltipDisplayMode.MULTI)
            .sort(common.SortOrder.DESCENDING)
        )
    )


def stat_panel(*, title: str, description: str, unit: str) -> stat.Panel:
    """One large value, or one for each field of numbers."""
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .unit(unit)
        .no_value("Nothing in this time range")
        .span(6)
        .height(5)
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.NONE)
        .text_mode(common.BigValueTextMode.AUTO)
        .orientation(common.VizOrientation.AUTO)
        .color_scheme(fixed(PALETTE[0]))
        .reduce_options(build.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    )


def glance_panel(*, title: str, description: str, unit: str, largest: bool = False) -> stat.Panel:
    """The mean, or the largest value, over the time that is shown, with a sketch of all."""
    calculation, named = ("max", "largest value") if largest else ("mean", "mean")
    return (
        stat_panel(
            title=title,
            description=f"{description} The {named} over the time that is shown.",
            unit=unit,
        )
        .graph_mode(common.BigValueGraphMode.AREA)
        .reduce_options(build.ReduceDataOptions().calcs([calculation]).values(False))
    )


def words_panel(*, title: str, description: str) -> stat.Panel:
    """Large words, one or several for each field."""
    return stat_panel(title=title, description=description, unit="string").reduce_options(
        build.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False)
    )


def table_panel(*, title: str, description: str, unit: str) -> table.Panel:
    """Rows and columns; columns of another unit say so themselves."""
    return (
        table.Panel()
        .title(title)
        .description(description)
        .unit(unit)
        .no_value("none")
        .span(24)
        .height(7)
        .min_width(60)
        .cell_height(common.TableCellHeight.SM)
    )


def heat_panel(*, title: str, description: str, unit: str) -> heatmap.Panel:
    """How many observations fell into each bucket of a histogram, over time."""
    return (
        heatmap.Panel()
        .title(title)
        .description(description)
        .unit(unit)
        .no_value("Nothing in this time range")
        .span(24)
        .height(8)
        .calculate(False)
        # More would be narrower than a pixel.
        .max_data_points(100)
        .color(
            heatmap.HeatmapColorOptions()
            .mode(HeatmapColorMode.SCHEME)
            .scheme("Viridis")
            .scale(HeatmapColorScale.EXPONENTIAL)
            .exponent(0.5)
            .steps(64)
        )
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .cell_values(heatmap.CellValues().unit("short"))
        .show_legend()
    )


def words(*, title: str, description: str, markdown: str) -> text.Panel:
    """Prose."""
    return (
        text.Panel()
        .title(title)
        .description(description)
        .mode(TextMode.MARKDOWN)
        .content(markdown)
        .span(12)
        .height(5)
    )


def fixed(colour: str) -> dashboard.FieldColor:
    """One colour, whatever the value."""
    return dashboard.FieldColor().mode(FieldColorModeId.FIXED).fixed_color(colour)


def coloured(panel: Panel, colours: Mapping[str, str]) -> Panel:
    """Draw every series whose name begins with a variant's in that variant's colour."""
    for colour, names in names_by_colour(colours).items():
        either = "|".join(re.escape(name).replace(r"\-", "-") for name in names)
        panel.override_by_regexp(rf"/^({either})( .*)?$/", [colour_property(colour)])
    return panel


def colour_property(colour: str) -> DynamicConfigValue:
    """The property of a field that fixes its colour."""
    return DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour})


def dashed(length: int) -> DynamicConfigValue:
    """The property of a series that draws it in dashes."""
    style = {"fill": "dash", "dash": [length, length]}
    return DynamicConfigValue(id_val="custom.lineStyle", value=style)


def a_field_for_each(name: str, *, value: str) -> DataTransformerConfig:
    """Turn rows into fields: each is named by one column and has the value of another."""
    return DataTransformerConfig(
        id_val="rowsToFields",
        options={
            "mappings": [
                {"fieldName": name, "handlerKey": "field.name"},
                {"fieldName": value, "handlerKey": "field.value"},
            ]
        },
    )


def unit_property(unit: str) -> DynamicConfigValue:
    """The property of a field that has another unit than its panel."""
    return DynamicConfigValue(id_val="unit", value=unit)


def decimals_property(decimals: int) -> DynamicConfigValue:
    """The property of a field that is told more or less exactly than its panel's others."""
    return DynamicConfigValue(id_val="decimals", value=decimals)


def wide(pixels: int) -> DynamicConfigValue:
    """The property of a column that is wider or narrower than others."""
    return DynamicConfigValue(id_val="custom.width", value=pixels)


def wrapped() -> DynamicConfigValue:
    """The property of a column whose text takes as many lines as it needs."""
    return DynamicConfigValue(id_val="custom.cellOptions", value={"type": "auto", "wrapText": True})


def on_the_right(*, unit: str, label: str) -> list[DynamicConfigValue]:
    """The properties of a series that is drawn thin, grey and on an axis of its own."""
    return [
        unit_property(unit),
        colour_property(NEUTRAL),
        DynamicConfigValue(id_val="custom.axisPlacement", value="right"),
        DynamicConfigValue(id_val="custom.axisLabel", value=label),
        DynamicConfigValue(id_val="custom.lineWidth", value=1),
        DynamicConfigValue(id_val="custom.lineInterpolation", value="stepAfter"),
    ]


def with_bands(panel: timeseries.Panel, names: Iterable[str]) -> timeseries.Panel:
    """Fill what lies between `NAME low` and `NAME high`, and list neither in the legend."""
    panel.override_by_regexp(
        "/ (low|high)$/",
        [
            DynamicConfigValue(
                id_val="custom.hideFrom", value={"legend": True, "tooltip": False, "viz": False}
            ),
            DynamicConfigValue(id_val="custom.lineWidth", value=0),
            DynamicConfigValue(id_val="custom.showPoints", value="never"),
        ],
    )
    for name in names:
        panel.override_by_name(
            f"{name} high",
            [
                DynamicConfigValue(id_val="custom.fillBelowTo", value=f"{name} low"),
                DynamicConfigValue(id_val="custom.fillOpacity", value=20),
            ],
        )
    return panel


def with_line(panel: timeseries.Panel, *, at: float) -> timeseries.Panel:
    """Draw a dashed line across the panel at a value that others are judged by."""
    return panel.thresholds(
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(color="transparent"), Threshold(value=at, color=NEUTRAL)])
    ).thresholds_style(
        build.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
    )


def mappings_property(mapping: ValueMap) -> list[DynamicConfigValue]:
    """The properties of a column whose values have colours of their own."""
    return [
        DynamicConfigValue(id_val="mappings", value=[mapping]),
        DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-text"}),
    ]
