"""The page on caveats, from the rules that declare them."""

from itertools import groupby
from operator import attrgetter

from headtohead.validity.rule import declared_caveats

BEGINNING = """# Caveats

A number that should not be believed must not look like one. Conditions are judged on the run as
a whole, never on the arm that looks worse: choosing by outcome would be another way to peek. This
page is generated from the rules in `src/headtohead/validity`, where each threshold stands with its
reason.
"""
INVALIDATE = """
## These invalidate

The exit code is 3 and no verdict is given.

| code | when |
|---|---|
"""
WEAKEN = """
## These weaken

The verdict stands, with the caveat beside it.

| code | when |
|---|---|
"""
END = """
The record keeps what was seen (`generator`, `machine`) whether it made a caveat or not.

Up to a point neither a busy core nor a crowded host invalidates: pairs are there for that. They
widen intervals. Beyond it the ratio is that of a busy machine, which can be another one: variants
that change between processes more often wait for a core more often.
"""


def render() -> str:
    """The whole page."""
    return BEGINNING + INVALIDATE + _rows("invalidates_when") + WEAKEN + _rows("weakens_when") + END


def _rows(when: str) -> str:
    """A row for each code; two rules of one code share it."""
    rows = []
    for code, rules in groupby(declared_caveats(), key=attrgetter("code")):
        conditions = [found for rule in rules if (found := getattr(rule, when))]
        if conditions:
            rows.append(f"| `{code}` | {'; '.join(conditions)} |\n")
    return "".join(rows)
