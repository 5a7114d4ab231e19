"""Why a variant is faster or slower, of what its server told."""

import re
from dataclasses import dataclass

import pytest

from headtohead.analysis.results import Verdict
from headtohead.report import reasons
from tests.golden import Golden
from tests.report.samples import comparison, variant

BEFORE = {"median": 20.0, "queries_per_request": 62.0, "db_ms_per_request": 18.2}
SILENT = {"queries_per_request": 0.0, "db_ms_per_request": 0.0}
FEW = {"queries_per_request": 3.0, "db_ms_per_request": 1.0}


@dataclass(frozen=True)
class Case:
    """What differs between two variants beside their verdict."""

    verdict: Verdict
    before: dict[str, object]
    after: dict[str, object]

    @property
    def parts(self) -> dict[str, object]:
        return {
            "baseline": variant("naive", **BEFORE | self.before),  # type: ignore[arg-type]
            "variant": variant("other", **BEFORE | self.before | self.after),  # type: ignore[arg-type]
            "comparison": comparison("other", ratio=1.0, half_width=0.01, verdict=self.verdict),
        }


CASES = {
    "what changed most leads: queries": Case(
        Verdict.FASTER, {}, {"median": 2.0, "queries_per_request": 3.0, "db_ms_per_request": 2.1}
    ),
    "what changed most leads: database time": Case(
        Verdict.FASTER, {}, {"median": 2.0, "queries_per_request": 60.0, "db_ms_per_request": 2.1}
    ),
    "a cache that saves every query": Case(
        Verdict.FASTER, {}, SILENT | {"median": 2.0, "cache_hit_ratio": 1.0}
    ),
    "more cache hits": Case(
        Verdict.FASTER, FEW | {"cache_hit_ratio": 0.5}, {"cache_hit_ratio": 0.95}
    ),
    "a cache that never hits": Case(Verdict.FASTER, FEW, {"cache_hit_ratio": 0.0}),
    "no cache any more": Case(
        Verdict.FASTER, FEW | {"cache_hit_ratio": 0.9}, {"cache_hit_ratio": None}
    ),
    "hardly more cache hits": Case(
        Verdict.FASTER, FEW | {"cache_hit_ratio": 0.95}, {"cache_hit_ratio": 0.96}
    ),
    "same queries in less time": Case(
        Verdict.FASTER, {}, {"median": 5.0, "db_ms_per_request": 3.0}
    ),
    "all speaks against it": Case(
        Verdict.SLOWER, {}, {"median": 40.0, "queries_per_request": 3.0, "db_ms_per_request": 2.0}
    ),
    "some speaks against it": Case(
        Verdict.SLOWER, {}, {"median": 60.0, "queries_per_request": 1.0, "db_ms_per_request": 55.0}
    ),
    "database time too small to explain it": Case(
        Verdict.FASTER,
        {"median": 100.0, "db_ms_per_request": 1.2},
        {"median": 20.0, "db_ms_per_request": 0.6},
    ),
    "no difference": Case(Verdict.NO_DIFFERENCE, {}, {"queries_per_request": 61.0}),
    "nothing changed": Case(Verdict.INCONCLUSIVE, {}, {}),
    "a shorter answer": Case(Verdict.FASTER, SILENT, {"bytes_per_response": 8_000.0}),
    "nothing but time": Case(Verdict.FASTER, SILENT, {}),
    "one server tells nothing": Case(
        Verdict.SLOWER, SILENT | {"explained": False}, {"explained": True}
    ),
    "no server tells anything": Case(Verdict.SLOWER, SILENT | {"explained": False}, {}),
}


def test_words(golden: Golden) -> None:
    golden(
        "reasons.txt",
        "\n".join(
            f"{name}\n  {reasons.reason(**case.parts)}\n  ...{reasons.clause(**case.parts)}"
            for name, case in CASES.items()
        ),
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_sentence_ends_with_the_reason_and_calls_nothing_a_cause_that_speaks_against_it(
    case: Case,
) -> None:
    words, clause = reasons.reason(**case.parts), reasons.clause(**case.parts)
    assert clause.endswith(words)
    opening = clause.removesuffix(words)
    assert opening in {", because ", ", ", ": "}
    cause = re.split(r",? ?despite ", words)[0]
    if opening == ", because ":
        assert cause
        assert case.verdict in {Verdict.FASTER, Verdict.SLOWER}
    else:
        assert not cause or opening == ": "
