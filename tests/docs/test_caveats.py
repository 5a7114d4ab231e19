"""The page of caveats follows from the rules that declare them."""

import sys

from headtohead.validity.generator import TOLERATED_CPU_SHARE
from headtohead.validity.rule import declared_caveats
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import CAVEATS
from caveats_page import render


def test_page_that_is_kept_is_that_of_the_rules():
    assert CAVEATS.read_text() == render()


def test_every_code_has_its_row_where_it_belongs_and_thresholds_are_those_of_the_code():
    invalidate, _, weaken = render().partition("## These weaken")
    for rule in declared_caveats():
        assert (f"| `{rule.code}` |" in invalidate) is bool(rule.invalidates_when)
        assert (f"| `{rule.code}` |" in weaken) is bool(rule.weakens_when)
    assert f"more than {TOLERATED_CPU_SHARE * 100:.0f} % of the time" in invalidate
