"""Records that nobody wrote so, or that were damaged: refused in one line, or shown."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.errors import RecordError
from headtohead.records.run import RUN_FORMAT, Run
from headtohead.records.store import to_json
from headtohead.report import html, markdown
from headtohead.report.findings import caveats, findings
from headtohead.report.run_brief import brief
from headtohead.report.run_page import page
from tests.report.samples import SAMPLES
from tests.report.samples import run as make_run

KINDS = ("mixed", "controlled", "stepped up", "open model", "beside others")
# Whatever a record can hold, in one.
GOOD = json.loads(
    to_json(
        make_run(
            *(each for kind in KINDS for each in SAMPLES[kind]().experiments),
            control=SAMPLES["controlled"]().control,
        )
    )
)
# What a record is not one without.
KEPT = {"run_id", "started_at", "mode", "metric", "verdict", "arrivals", "kind"}
E, C, V = (
    ("experiments", 0),
    ("experiments", 0, "comparisons", 0),
    ("experiments", 0, "variants", 0),
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        if isinstance(each, (dict, list)) and each:
            yield from leaves(each, (*path, key))
        yield (*path, key)


def changed(path: tuple[Any, ...], value: Any) -> str:
    fields = json.loads(json.dumps(GOOD))
    *above, last = path
    place = fields
    for key in above:
        place = place[key]
    place[last] = value
    return json.dumps(fields)


def shown(run: Run) -> None:
    markdown.render(brief(run))
    html.render(page(run))
    assert findings(run) is not None
    assert caveats(run) is not None


@pytest.mark.parametrize(
    "text",
    [
        '{"schema": 2, "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"schema": 1, "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
        changed(("run_id",), "<script>alert(1)</script>"),
        changed(("run_id",), "../../elsewhere"),
        changed(("run_id",), "\x1b[31mred"),
        changed(("run_id",), "\ud800"),
        changed(("started_at",), "2026-01-01T00:00:00"),
        changed((*E, "pairs"), 10**400),
        changed((*E, "pairs"), -1),
        changed((*E, "baseline"), "nobody"),
        changed((*E, "variants"), []),
        changed((*C, "variant"), "nobody"),
        changed((*C, "ratio"), -0.5),
        changed((*C, "ratio"), 0),
        changed((*C, "ratio"), 1e300),
        changed((*C, "ci95"), [2, 1]),
        changed((*C, "ci95"), [None, None]),
        changed((*C, "margin"), -2),
        changed((*C, "alpha"), 0),
        changed((*V, "requests"), 0),
        changed((*V, "latency_ms", "mean"), 1e308),
    ],
    ids=lambda text: text[:40],
)
def test_what_cannot_have_been_measured_is_no_record(text: str) -> None:
    with pytest.raises(RecordError, match="^given is no record of a run .*give a run directory"):
        RUN_FORMAT.from_json(text, source="given")


@given(
    path=st.sampled_from(list(leaves(GOOD))),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.floats(0, 1e9)
    | st.text()
    | st.datetimes().map(str)
    | st.just([])
    | st.just({})
    | st.sampled_from([10**400, -1, 0, 1e-320, 1e308, "<script>", "\ud800", "\x00"]),
)
def test_a_record_with_anything_in_any_place_is_refused_or_shown(
    path: tuple[Any, ...], value: Any
) -> None:
    with suppress(RecordError):
        shown(RUN_FORMAT.from_json(changed(path, value), source="given"))


def test_markup_in_any_text_of_a_record_is_shown_as_text() -> None:
    spoiled, script = json.loads(json.dumps(GOOD)), "<script>alert(1)</script>"
    for path in leaves(GOOD):
        *above, last = path
        place = spoiled
        for key in above:
            place = place[key]
        if isinstance(place[last], str) and last not in KEPT:
            # Names of variants are told apart, and named by others.
            place[last] += script
    run = RUN_FORMAT.from_json(json.dumps(spoiled), source="given")
    shown_as = html.render(page(run))
    assert script not in shown_as
    assert "&lt;script&gt;alert(1)" in shown_as
    assert script not in markdown.render(brief(run))
