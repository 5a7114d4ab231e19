"""The page of experiments follows from the declarations and the record that is kept."""

import sys

from headtohead.measurement import read_record
from headtohead.registry import load_experiments
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import EXPERIMENTS, REFERENCE_RUN
from experiments_page import render


def test_page_that_is_kept_is_that_of_declarations_and_record():
    assert EXPERIMENTS.read_text() == render(read_record(REFERENCE_RUN))


def test_every_experiment_has_its_question_its_variants_and_an_answer():
    page = EXPERIMENTS.read_text()
    for experiment in load_experiments("app.experiments"):
        _, section = page.split(f"\n## {experiment.name}\n")
        section = section.partition("\n## ")[0]
        assert experiment.question in section
        assert all(variant.selector in section for variant in experiment.all_variants)
        assert "Verdict: *" in section or not experiment.timed
