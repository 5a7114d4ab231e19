"""What a published run answered to the chosen experiment's question."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import stat, table, text
from grafana_foundation_sdk.builders.common import VizTextDisplayOptions
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueTextMode, VizOrientation
from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMappingResult

from dashboards.colours import BAD, GOOD, INVALID, NEUTRAL, OPEN
from dashboards.panels import (
    a_field_for_each,
    coloured,
    stat_panel,
    table_panel,
    unit_property,
    wide,
    words,
    words_panel,
    wrapped,
)
from dashboards.queries import Sql, sql_literal
from headtohead.analysis.results import Verdict
from headtohead.experiment import Experiment

CHOSEN = "run_id = ${run:sqlstring} AND experiment = ${experiment:sqlstring}"

METHOD = """\
The baseline and a variant answer the **same request on the same server**, next to each other in
time; a coin decides who goes first.

- **Ratio**: variant / baseline. 0.5 is half the time, 1 is no difference; the bracket is its 95 %
  interval.
- **Verdict**: compares the interval with the margin, the smallest effect that matters.
- **Cause**: what the server counted for the measured requests themselves.
"""

_COLOURS = {
    Verdict.FASTER: GOOD,
    Verdict.FASTER_SIZE_UNRESOLVED: GOOD,
    Verdict.SLOWER: BAD,
    Verdict.SLOWER_SIZE_UNRESOLVED: BAD,
    Verdict.NO_DIFFERENCE: NEUTRAL,
    Verdict.INCONCLUSIVE: OPEN,
    Verdict.INVALID: INVALID,
}
# The colour of every verdict.
VERDICTS = ValueMap(
    options={
        str(each): ValueMappingResult(text=str(each), color=colour, index=number)
        for number, (each, colour) in enumerate(_COLOURS.items())
    }
)


def question(experiments: Sequence[Experiment]) -> stat.Panel:
    """The question in words, as the experiment declares it."""
    declared = ",\n  ".join(
        f"({sql_literal(each.name)}, {sql_literal(each.question)})" for each in experiments
    )
    return (
        words_panel(
            title="The question",
            description="What the chosen experiment asks; h2h run answers it again.",
        )
        .color_mode(BigValueColorMode.NONE)
        .span(12)
        .height(6)
        .with_target(
            Sql(
                text=f"""\
SELECT question FROM (VALUES
  {declared}
) AS declared (experiment, question)
WHERE experiment = ${{experiment:sqlstring}}"""
            )
        )
    )


def method() -> text.Panel:
    """How the answer is found, in words."""
    return words(
        title="How it is answered",
        description="The method in short; docs/method.md has all of it.",
        markdown=METHOD,
    ).height(6)


def verdict() -> stat.Panel:
    """What the interval says, given the margin."""
    return (
        words_panel(
            title="Verdict",
            description="What the interval says of each variant, given the margin. Inconclusive: "
            "this run could not tell, give it more --budget. Invalid: do not use its numbers, the "
            "caveats below say why.",
        )
        .mappings([VERDICTS])
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .with_target(_compared("verdict"))
        .with_transformation(a_field_for_each("variant", value="verdict"))
    )


def ratio(colours: Mapping[str, str]) -> stat.Panel:
    """The effect with its interval."""
    # A bound that does not exist is NULL.
    numbers = ", ".join(
        f"coalesce(to_char({column}, 'FM999990.000'), '{otherwise}')"
        for column, otherwise in (("ratio", ""), ("ci95_low", "0"), ("ci95_high", "∞"))
    )
    panel = (
        words_panel(
            title="Ratio [95 % interval]",
            description="Variant / baseline. Of times, below 1 is faster; of throughput, above 1 "
            "is. An interval that holds 1 leaves open which of the two is faster.",
        )
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        # One below the other, so that each has room for its bracket.
        .orientation(VizOrientation.HORIZONTAL)
        # Left to itself it is now large, now tiny.
        .text(VizTextDisplayOptions().title_size(16).value_size(22))
        .with_target(_compared(f"format('%s [%s, %s]', {numbers}) AS shown"))
        .with_transformation(a_field_for_each("variant", value="shown"))
    )
    return coloured(panel, colours)


def queries_per_request(colours: Mapping[str, str]) -> stat.Panel:
    """What each variant asks of the database."""
    panel = (
        stat_panel(
            title="Queries per request",
            description="Database queries that a request makes, as the server counted them. Where "
            "all variants make the same, look at database time and at the cache instead.",
            unit="none",
        )
        .with_target(_measured("queries_per_request"))
        .with_transformation(a_field_for_each("variant", value="queries_per_request"))
    )
    return coloured(panel, colours)


def cache_hit_ratio(colours: Mapping[str, str]) -> stat.Panel:
    """How much of what each variant looks up is there."""
    panel = (
        stat_panel(
            title="Cache hits",
            description="Lookups that found a value, of all lookups. A cached variant far from "
            "100 % was measured with a cold cache, or one that evicts: see Database and cache.",
            unit="percentunit",
        )
        .no_value("no lookups")
        .with_target(_measured("cache_hit_ratio"))
        .with_transformation(a_field_for_each("variant", value="cache_hit_ratio"))
    )
    return coloured(panel, colours)


def numbers() -> table.Panel:
    """Everything that was measured of each variant."""
    return (
        table_panel(
            title="Numbers",
            description="What was measured of each variant. Milliseconds belong to the machine "
            "that they were taken on; only ratios travel.",
            unit="ms",
        )
        .height(5)
        .override_by_name("Variant", [wide(200)])
        .override_by_regexp("/^(Requests|Errors|Queries)$/", [unit_property("none")])
        .override_by_name("Requests/s", [unit_property("reqps")])
        .override_by_name("Cache hits", [unit_property("percentunit")])
        .override_by_name("Size", [unit_property("bytes")])
        .with_target(
            Sql(
                text=f"""\
SELECT variant || CASE WHEN baseline THEN ' (baseline)' ELSE '' END AS "Variant",
  requests AS "Requests", errors AS "Errors", p50_ms AS "p50", p95_ms AS "p95", p99_ms AS "p99",
  throughput_rps AS "Requests/s", queries_per_request AS "Queries",
  db_ms_per_request AS "Database", cache_hit_ratio AS "Cache hits", bytes_per_response AS "Size"
FROM headtohead.variants
WHERE {CHOSEN}
ORDER BY baseline DESC, variant"""
            )
        )
    )


def caveats() -> table.Panel:
    """What makes the numbers weaker."""
    return (
        table_panel(
            title="Caveats",
            description="Reasons to trust this answer less, each with what to do about it.",
            unit="string",
        )
        .span(12)
        .override_by_name("Caveat", [wide(150)])
        .override_by_regexp("/^What /", [wrapped()])
        .with_target(
            Sql(
                text=f"""\
SELECT code AS "Caveat", message AS "What is known", advice AS "What to do"
FROM headtohead.caveats WHERE {CHOSEN}
UNION ALL
SELECT 'none', 'Nothing speaks against this answer.', ''
FROM headtohead.results
WHERE {CHOSEN} AND NOT EXISTS (SELECT FROM headtohead.caveats WHERE {CHOSEN})"""
            )
        )
    )


def _compared(column: str) -> Sql:
    return Sql(
        text=f"""\
SELECT variant, {column} FROM headtohead.comparisons
WHERE {CHOSEN} AND metric IN ('latency', 'throughput')
ORDER BY variant"""
    )


def _measured(column: str) -> Sql:
    return Sql(
        text=f"""\
SELECT variant, {column} FROM headtohead.variants
WHERE {CHOSEN}
ORDER BY baseline DESC, variant"""
    )
