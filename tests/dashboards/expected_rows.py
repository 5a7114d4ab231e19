"""What each panel, annotation and variable that asks PostgreSQL promises by its title.

It is worked out by hand from the made runs, never taken from a query.
"""

from collections.abc import Mapping, Sequence

from tests.dashboards.made_rows import BUSY, TOO_FEW, moment
from tests.dashboards.reading import Table

# What the viewer has chosen.
CHOICES = {"experiment": ["listing"], "run": ["second"], "metric": ["latency"]}

# Of all milliseconds that this database's own statements took.
SPENT = 4001 + 2003 + sum(range(1, 20))

PANELS: Mapping[str, Mapping[str, Table]] = {
    "head-to-head": {
        "The question": Table({"question": None}, [("Is listing faster?",)]),
        "Verdict": Table({"cached": None, "joined": None}, [("faster", "inconclusive")]),
        "Ratio [95 % interval]": Table(
            {"cached": None, "joined": None}, [("3.700 [3.100, 4.100]", "0.860 [0, ∞]")]
        ),
        "Queries per request": Table(
            dict.fromkeys(("naive", "cached", "joined"), "none"), [(62, 2, 4)]
        ),
        "Cache hits": Table(
            {"naive": None, "cached": "percentunit", "joined": "percentunit"}, [(None, 0.97, 0.13)]
        ),
        "Numbers": Table(
            {
                "Variant": None,
                "Requests": "none",
                "Errors": "none",
                "p50": "ms",
                "p95": "ms",
                "p99": "ms",
                "Requests/s": "reqps",
                "Queries": "none",
                "Database": "ms",
                "Cache hits": "percentunit",
                "Size": "bytes",
            },
            [
                ("naive (baseline)", 1301, 3, 18.5, 31.5, 47.5, 163, 62, 9.4, None, 24_001),
                ("cached", 1303, 5, 1.75, 3.25, 5.25, 821, 2, 0.625, 0.97, 24_007),
                ("joined", 1307, 7, 12.5, 21.5, 26.5, 211, 4, 5.5, 0.13, 24_019),
            ],
        ),
        "Caveats": Table(
            dict.fromkeys(("Caveat", "What is known", "What to do")),
            [("busy-machine", BUSY.message, BUSY.advice)],
        ),
        "The run": Table(
            {
                "Started": "dateTimeAsIso",
                "Mode": None,
                "Pairs": "none",
                "Took": "s",
                "Commit": None,
                "State": None,
            },
            [(moment(10), "throughput", 24, 62.5, "2b2b2b2b2b, changed", "valid")],
        ),
    },
    "database-and-cache": {
        "Slowest statements": Table(
            {
                "Statement": None,
                "Calls": "none",
                "Total": "ms",
                "Mean": "ms",
                "Share": "percentunit",
                "Rows": "none",
            },
            [
                ("SELECT * FROM product WHERE id = $1", 307, 4001, 13.5, 4001 / SPENT, 311),
                ("SELECT count(*) FROM brand", 11, 2003, 182.5, 2003 / SPENT, 13),
                # Twenty are enough.
                *((f"SELECT {each}", 1, each, 0.5, each / SPENT, 3) for each in range(19, 1, -1)),
            ],
        ),
    },
    "regression-history": {
        "Latest answers": Table(
            {
                "Experiment": None,
                "Baseline → variant": None,
                "Verdict": None,
                "Ratio": "none",
                "From": "none",
                "To": "none",
                "Change": "percentunit",
                "Commit": None,
                "Measured": "dateTimeAsIso",
            },
            [
                # Those in between are of other metrics, invalid or incomplete.
                (
                    *("listing", "naive → cached", "faster", 0.41, 0.37, 0.43),
                    *((0.41 - 0.31) / 0.31, None, moment(25)),
                ),
                (
                    *("listing", "naive → joined", "inconclusive", 1.19, 0.89, 1.31),
                    *((1.19 - 1.13) / 1.13, None, moment(25)),
                ),
                (
                    *("summary", "live → cached", "faster", 0.53, 0.47, 0.59),
                    *((0.53 - 0.67) / 0.67, "4d4d4d4d4d", moment(30)),
                ),
            ],
        ),
        "Against the anchor": Table(
            {"time": None, "listing": "none", "summary": "none"},
            [(moment(12), 1.02, 0.96), (moment(24), 1.09, None)],
        ),
        "Change points": Table(
            {
                "Endpoint": None,
                "From commit": None,
                "Change": "percentunit",
                "From": "percentunit",
                "To": "percentunit",
                "Anchor": None,
                "Committed": "dateTimeAsIso",
            },
            [
                ("summary", "24b24b24b2", -0.075, -0.095, -0.065, "a0a0a0a0a0", moment(24)),
                ("listing", "12b12b12b1", 0.075, 0.055, 0.095, "a0a0a0a0a0", moment(12)),
            ],
        ),
        "listing": Table(
            {
                "time": None,
                **{
                    f"{variant}{bound}": "none"
                    for variant in ("cached", "joined")
                    for bound in ("", " low", " high")
                },
            },
            [
                (moment(5), 0.31, 0.29, 0.33, 1.13, 1.11, 1.17),
                (moment(25), 0.41, 0.37, 0.43, 1.19, 0.89, 1.31),
            ],
        ),
        "summary": Table(
            {"time": None, "cached": "none", "cached low": "none", "cached high": "none"},
            [
                (moment(5), 0.98, 0.97, 1.01),
                (moment(10), 1.43, 1.41, 1.47),
                # Of a run whose other answer is invalid.
                (moment(15), 0.67, 0.61, 0.71),
                (moment(30), 0.53, 0.47, 0.59),
            ],
        ),
        "Published runs": Table(
            {
                "Run": None,
                "Started": "dateTimeAsIso",
                "Took": "s",
                "Commit": None,
                "State": None,
                "Experiments": "none",
                "Faster": "none",
                "Slower": "none",
                "first": None,
                "begins": None,
                "ends": None,
            },
            [
                (*row, first, f"{1000 * begins:.0f}", f"{1000 * ends:.0f}")
                for *row, first in (
                    ("seventh", moment(35), 67.5, "none", "incomplete", 0, 0, 0, None),
                    ("sixth", moment(30), 66.5, "4d4d4d4d4d", "valid", 1, 1, 0, "summary"),
                    ("fifth", moment(25), 65.5, "none", "valid", 1, 1, 0, "listing"),
                    ("fourth", moment(20), 64.5, "3c3c3c3c3c", "incomplete", 1, 1, 0, "listing"),
                    ("third", moment(15), 63.5, "3c3c3c3c3c", "invalid", 2, 1, 0, "listing"),
                    (
                        *("second", moment(10), 62.5, "2b2b2b2b2b, changed", "valid"),
                        *(2, 3, 2, "listing"),
                    ),
                    ("first", moment(5), 61.5, "1a1a1a1a1a", "valid", 2, 1, 1, "listing"),
                )
                # Its page shows a quarter of a minute before and after it, too.
                for begins in [row[1].timestamp() - 15]
                for ends in [row[1].timestamp() + row[2] + 15]
            ],
        ),
    },
}

# The rows of panels of Head to head for other runs than the chosen one.
OF_RUNS: Mapping[tuple[str, str], Sequence[Sequence[object]]] = {
    ("Verdict", "first"): [("faster", "slower")],
    ("Verdict", "third"): [("invalid",)],
    ("Ratio [95 % interval]", "first"): [("0.310 [0.290, 0.330]", "1.130 [1.110, 1.170]")],
    ("Caveats", "first"): [("none", "Nothing speaks against this answer.", "")],
    ("Caveats", "third"): [("too-few-pairs", TOO_FEW.message, TOO_FEW.advice)],
    ("The run", "first"): [(moment(5), "latency", 1840, 61.5, "1a1a1a1a1a", "valid")],
    ("The run", "third"): [(moment(15), "latency", 1840, 63.5, "3c3c3c3c3c", "invalid")],
    ("The run", "fourth"): [(moment(20), "latency", 1840, 64.5, "3c3c3c3c3c", "incomplete")],
    ("The run", "fifth"): [(moment(25), "latency", 1840, 65.5, "none", "valid")],
}

EVENTS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "Published runs": [
        {"time": moment(begins), "timeend": moment(ends), "text": text, "tags": commit}
        for begins, ends, text, commit in (
            (5, 66.5, "Run first", "1a1a1a1a1a"),
            (10, 72.5, "Run second", "2b2b2b2b2b"),
            (15, 78.5, "Run third, invalid", "3c3c3c3c3c"),
            (20, 84.5, "Run fourth", "3c3c3c3c3c"),
            (25, 90.5, "Run fifth", "no commit"),
            (30, 96.5, "Run sixth", "4d4d4d4d4d"),
            (35, 102.5, "Run seventh", "no commit"),
        )
    ],
    "Commits": [
        {"time": moment(first), "text": f"First run of commit {commit}"}
        for first, commit in (
            (5, "1a1a1a1a1a"),
            (10, "2b2b2b2b2b"),
            # The next run was of it, too.
            (15, "3c3c3c3c3c"),
            (30, "4d4d4d4d4d"),
        )
    ],
    "Change points": [
        {"time": moment(12), "text": "listing by 7.5 % from commit 12b12b12b1"},
        {"time": moment(24), "text": "summary by -7.5 % from commit 24b24b24b2"},
    ],
}

# The newest run of the experiment first, whenever it was.
OFFERED = {
    "run": [
        {"__value": name, "__text": f"2026-03-01 {time}"}
        for name, time in (
            ("late", "12:01:30"),
            ("fifth", "12:00:25"),
            ("fourth", "12:00:20"),
            ("third", "12:00:15"),
            ("second", "12:00:10"),
            ("first", "12:00:05"),
            ("early", "11:58:30"),
        )
    ]
}
