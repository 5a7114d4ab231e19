"""What audits stated, kept and printed."""

from dataclasses import replace

import pytest

from headtohead.audit import Fact
from headtohead.audit.record import (
    AUDIT_FORMAT,
    SCHEMA_VERSION,
    AuditRecord,
    VariantFacts,
    value_in_words,
)
from headtohead.errors import RecordError
from headtohead.records.store import to_json
from tests.report import samples

LOST = Fact(name="lost updates", value=37, expected="0", holds=False)
SPEED = Fact(name="rows imported", value=15_400.4, unit="rows/s")
KEPT = Fact(name="lost updates", value=0, expected="0")


def record() -> AuditRecord:
    run = samples.run()
    return AuditRecord(
        schema=SCHEMA_VERSION,
        started_at=run.started_at,
        seconds=12.5,
        git=run.git,
        environment=run.environment,
        variants=(
            VariantFacts(experiment="stock-update", variant="naive", facts=(LOST, SPEED)),
            VariantFacts(experiment="stock-update", variant="atomic", facts=(KEPT,)),
            VariantFacts(experiment="bulk-import", variant="copy", facts=(SPEED,)),
        ),
    )


def test_what_is_kept_is_read_back(tmp_path):
    path = tmp_path / "audit.json"
    path.write_text(to_json(record()))
    assert AUDIT_FORMAT.read(path) == record()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "no record of an audit"),
        ("{", "no record of an audit"),
        ('{"schema": 1}', "no record of an audit"),
        (to_json(replace(record(), schema=SCHEMA_VERSION + 1)), "has schema 2, newer than the 1"),
    ],
)
def test_anything_else_is_refused(tmp_path, text, says):
    path = tmp_path / "audit.json"
    path.write_text(text)
    with pytest.raises(RecordError, match=says):
        AUDIT_FORMAT.read(path)
    with pytest.raises(RecordError, match="No such file"):
        AUDIT_FORMAT.read(tmp_path / "other.json")


def test_failures_are_the_facts_that_do_not_hold():
    assert record().failures == ((record().variants[0], LOST),)


def test_variants_are_found_by_their_experiment():
    assert [each.variant for each in record().of_experiment("stock-update")] == ["naive", "atomic"]


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (LOST, "37"),
        (KEPT, "0"),
        (SPEED, "15,400 rows/s"),
        (Fact(name="time to first byte", value=0.8412, unit="ms"), "0.84 ms"),
        (Fact(name="peak memory", value=12_300_000, unit="B"), "12.3 MB"),
    ],
)
def test_a_value_is_told_with_its_unit(fact, words):
    assert value_in_words(fact) == words
