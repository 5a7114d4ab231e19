"""The page on the harness's own benchmark follows from the record beside it."""

import shutil
import sys
from pathlib import Path

import pytest

from benchmarks.validation.record import read_validation
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import VALIDATION, validation_page, write_validation

# What `python -m benchmarks.validation --quick` wrote once; its figures mean nothing.
SAMPLE = Path(__file__).parent / "validation"


def test_page_and_pictures_are_written_from_the_record(tmp_path):
    folder = tmp_path / "validation"
    shutil.copytree(SAMPLE, folder)
    write_validation(folder)
    page = (tmp_path / "validation.md").read_text()
    assert page == validation_page(folder)
    for picture in ("false-alarms.svg", "power.svg"):
        assert f"](validation/{picture})" in page
        assert (folder / picture).is_file()


def test_record_of_a_real_run_holds_what_was_injected():
    sample = read_validation(SAMPLE)
    assert {each.name for each in sample.scenarios} == {"aa-quiet", "aa-bursty", "busy-10"}
    assert sample.scenario("aa-quiet").true_ratio == 1
    assert sample.scenario("busy-10").true_ratio > 1.02
    assert sample.scenario("busy-10").delay_ms >= 0.09 * sample.setup.median_ms


@pytest.mark.skipif(not VALIDATION.is_dir(), reason="no record is kept yet")
def test_page_that_is_kept_is_that_of_the_record_beside_it():
    assert VALIDATION.with_suffix(".md").read_text() == validation_page(VALIDATION)
