import pytest

from headtohead.measurement import Verdict
from headtohead.report import reason
from tests.report.samples import comparison, variant

BASELINE = {"median": 20.0, "queries_per_request": 62.0, "db_ms_per_request": 18.2}


def explain(
    verdict: Verdict, *, before: dict[str, object], after: dict[str, object]
) -> tuple[str, str]:
    """The reason, and the end of the sentence that tells it."""
    parts = {
        "baseline": variant("naive", **before),  # type: ignore[arg-type]
        "variant": variant("other", **after),  # type: ignore[arg-type]
        "comparison": comparison("other", ratio=1.0, half_width=0.01, verdict=verdict),
    }
    return reason.reason(**parts), reason.clause(**parts)  # type: ignore[arg-type]


def test_what_changed_most_comes_first() -> None:
    words, clause = explain(
        Verdict.FASTER,
        before=BASELINE,
        after={"median": 2.0, "queries_per_request": 3.0, "db_ms_per_request": 2.1},
    )
    assert words == "62 → 3 queries, database 18.2 → 2.10 ms"
    assert clause == ", because 62 → 3 queries, database 18.2 → 2.10 ms"


def test_database_time_leads_where_it_changed_more_than_the_queries() -> None:
    words, _ = explain(
        Verdict.FASTER,
        before=BASELINE,
        after={"median": 2.0, "queries_per_request": 60.0, "db_ms_per_request": 2.1},
    )
    assert words == "database 18.2 → 2.10 ms, 62 → 60 queries"


def test_a_cache_that_saves_every_query_does_not_mention_database_time() -> None:
    words, _ = explain(
        Verdict.FASTER,
        before=BASELINE | {"queries_per_request": 7.0},
        after={
            "median": 2.0,
            "queries_per_request": 0.0,
            "db_ms_per_request": 0.0,
            "cache_hit_ratio": 1.0,
        },
    )
    assert words == "7 → 0 queries, 100 % cache hits"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.5, 0.95, "cache hits 50 % → 95 % with the same queries"),
        (None, 0.0, "despite 0 % cache hits"),
        (0.9, None, "despite no cache lookups"),
        (0.95, 0.96, "same queries, the difference lies outside the database"),
    ],
)
def test_cache_hits_of_a_faster_variant(
    before: float | None, after: float | None, words: str
) -> None:
    counts = {"median": 20.0, "queries_per_request": 3.0, "db_ms_per_request": 1.0}
    assert (
        words
        == (
            explain(
                Verdict.FASTER,
                before=counts | {"cache_hit_ratio": before},
                after=counts | {"cache_hit_ratio": after},
            )[0]
        )
    )


def test_same_queries_in_less_time() -> None:
    words, clause = explain(
        Verdict.FASTER, before=BASELINE, after=BASELINE | {"median": 5.0, "db_ms_per_request": 3.0}
    )
    assert words == "database 18.2 → 3.00 ms with the same queries"
    assert clause.startswith(", because database")


def test_what_speaks_against_the_verdict_is_never_its_cause() -> None:
    words, clause = explain(
        Verdict.SLOWER,
        before=BASELINE,
        after={"median": 40.0, "queries_per_request": 3.0, "db_ms_per_request": 2.0},
    )
    assert words == "despite 62 → 3 queries, database 18.2 → 2.00 ms"
    assert clause == f", {words}"


def test_the_cause_comes_before_what_speaks_against_it() -> None:
    words, clause = explain(
        Verdict.SLOWER,
        before=BASELINE,
        after={"median": 60.0, "queries_per_request": 1.0, "db_ms_per_request": 55.0},
    )
    assert words == "database 18.2 → 55.0 ms, despite 62 → 1 queries"
    assert clause.startswith(", because database 18.2 → 55.0 ms")


def test_database_time_too_small_to_explain_the_difference_is_left_out() -> None:
    words, clause = explain(
        Verdict.FASTER,
        before={"median": 100.0, "db_ms_per_request": 1.2},
        after={"median": 20.0, "db_ms_per_request": 0.6},
    )
    assert words == "same queries, the difference lies outside the database"
    assert clause == f": {words}"


def test_no_difference_has_no_cause() -> None:
    words, clause = explain(
        Verdict.NO_DIFFERENCE,
        before=BASELINE,
        after=BASELINE | {"queries_per_request": 61.0},
    )
    assert words == "62 → 61 queries"
    assert clause == ": 62 → 61 queries"


def test_nothing_changed_and_nothing_found() -> None:
    words, _ = explain(Verdict.INCONCLUSIVE, before=BASELINE, after=BASELINE)
    assert words == "same queries, similar database time"


def test_requests_without_the_database_do_not_speak_of_same_queries() -> None:
    counts = {"median": 20.0, "queries_per_request": 0.0, "db_ms_per_request": 0.0}
    words, _ = explain(
        Verdict.FASTER, before=counts, after=counts | {"bytes_per_response": 8_000.0}
    )
    assert words == "24.3 kB → 8.00 kB"
    words, _ = explain(Verdict.FASTER, before=counts, after=counts)
    assert words == "no queries, the difference lies outside the database"


@pytest.mark.parametrize(
    ("before", "after", "untold"), [(False, True, "naive"), (False, False, "naive and other")]
)
def test_what_a_server_does_not_tell_is_no_zero(before: bool, after: bool, untold: str) -> None:
    words, clause = explain(
        Verdict.SLOWER,
        before=BASELINE | {"queries_per_request": 0.0, "explained": before},
        after=BASELINE | {"explained": after},
    )
    assert words == f"what a request takes is not told by {untold}"
    assert clause == f": {words}"
