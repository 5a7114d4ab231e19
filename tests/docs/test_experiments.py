"""The page of experiments follows from the declarations and the records that are kept."""

import sys

from headtohead.audit.record import AUDIT_FORMAT
from headtohead.experiment_registry import load_experiments
from headtohead.records.run import read_record
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import AUDIT, EXPERIMENTS, REFERENCE_RUN
from experiments_page import render


def section_of(name: str) -> str:
    _, section = EXPERIMENTS.read_text().split(f"\n## {name}\n")
    return section.partition("\n## ")[0]


def test_page_that_is_kept_is_that_of_declarations_and_records():
    assert EXPERIMENTS.read_text() == render(read_record(REFERENCE_RUN), AUDIT_FORMAT.read(AUDIT))


def test_every_experiment_has_its_question_its_variants_and_its_answer_where_one_is_kept():
    measured = {each.name for each in read_record(REFERENCE_RUN).experiments}
    for experiment in load_experiments("app.experiments"):
        section = section_of(experiment.name)
        assert experiment.question in section
        assert all(variant.selector in section for variant in experiment.all_variants)
        assert ("Verdict: *" in section) is (experiment.name in measured)
        lacks = experiment.timed and experiment.name not in measured
        assert ("No answer is kept yet" in section) is lacks


def test_facts_that_are_kept_hold_and_what_is_audited_without_any_says_so():
    audit = AUDIT_FORMAT.read(AUDIT)
    assert audit.failures == ()
    kept = {each.experiment for each in audit.variants}
    for experiment in load_experiments("app.experiments"):
        lacks = experiment.audit is not None and experiment.name not in kept
        assert ("No facts are kept yet" in section_of(experiment.name)) is lacks


def test_what_is_kept_of_the_cache_is_the_audit_in_full():
    (cached,) = (
        each
        for each in AUDIT_FORMAT.read(AUDIT).variants
        if each.variant == "cached" and each.experiment == "product-detail"
    )
    assert {fact.name: fact.value for fact in cached.facts}["reads"] >= 10_000


def test_every_fact_that_is_kept_stands_beside_the_answer():
    declared = {each.name for each in load_experiments("app.experiments")}
    for variant in AUDIT_FORMAT.read(AUDIT).variants:
        if variant.experiment not in declared:
            continue
        section = section_of(variant.experiment)
        assert all(f"| {variant.variant} | {fact.name} | " in section for fact in variant.facts)
