"""Pages that are generated from records of long measurements."""

import sys

import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import ITSELF, PROOF, itself_page, proof_page


@pytest.mark.parametrize(
    ("folder", "page"), [(PROOF, proof_page), (ITSELF, itself_page)], ids=["proof", "itself"]
)
def test_page_is_that_of_the_record_beside_it(folder, page):
    assert folder.with_suffix(".md").read_text(encoding="utf-8") == page(folder)
