"""The page of experiments follows from the declarations and the records that are kept."""

import sys

from headtohead.audit.record import read_audit
from headtohead.records.run import read_record
from headtohead.registry import load_experiments
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import AUDIT, EXPERIMENTS, REFERENCE_RUN
from experiments_page import render


def section_of(name: str) -> str:
    _, section = EXPERIMENTS.read_text().split(f"\n## {name}\n")
    return section.partition("\n## ")[0]


def test_page_that_is_kept_is_that_of_declarations_and_records():
    assert EXPERIMENTS.read_text() == render(read_record(REFERENCE_RUN), read_audit(AUDIT))


def test_every_experiment_that_can_be_timed_is_in_the_reference_run_and_no_other():
    measured = {each.name for each in read_record(REFERENCE_RUN).experiments}
    assert measured == {each.name for each in load_experiments("app.experiments") if each.timed}


def test_every_experiment_has_its_question_its_variants_and_its_answer():
    for experiment in load_experiments("app.experiments"):
        section = section_of(experiment.name)
        assert experiment.question in section
        assert all(variant.selector in section for variant in experiment.all_variants)
        assert ("Verdict: *" in section) is experiment.timed


def test_facts_that_are_kept_hold_and_are_of_every_variant_that_is_audited():
    audit = read_audit(AUDIT)
    declared = {
        experiment.identity(variant)
        for experiment in load_experiments("app.experiments")
        for variant in experiment.all_variants
        if experiment.audit
    }
    assert {each.identity for each in audit.variants} == declared
    assert audit.failures == ()


def test_what_is_kept_of_the_cache_is_the_audit_in_full():
    (cached,) = (
        each
        for each in read_audit(AUDIT).variants
        if each.variant == "cached" and each.experiment == "product-detail"
    )
    assert {fact.name: fact.value for fact in cached.facts}["reads"] >= 10_000


def test_every_fact_that_is_kept_stands_beside_the_answer():
    for variant in read_audit(AUDIT).variants:
        section = section_of(variant.experiment)
        assert all(f"| {variant.variant} | {fact.name} | " in section for fact in variant.facts)
