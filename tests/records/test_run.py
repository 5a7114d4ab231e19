import json
from dataclasses import replace

import pytest

from headtohead.errors import RecordError
from headtohead.records.provenance import ComparedRevision
from headtohead.records.run import (
    RUN_FORMAT,
    SCHEMA_VERSION,
    Revisions,
    Run,
    UntimedEndpoint,
    read_record,
    write_record,
)
from headtohead.records.store import to_json
from tests.report.samples import SAMPLES, invalid, open_model, ten_times_faster, unbounded
from tests.report.samples import run as make_run

# What other programs read: adding to it is fine, renaming or dropping is a new schema.
CONTRACT = {
    "": "schema run_id started_at seconds complete git environment experiments",
    "git": "commit dirty",
    "environment": "cpu cores python packages",
    "experiments[]": "name question mode baseline pairs seed variants comparisons caveats",
    "experiments[].variants[]": "name requests errors latency_ms throughput_rps "
    "queries_per_request db_ms_per_request cache_hit_ratio bytes_per_response",
    "experiments[].variants[].latency_ms": "mean p50 p95 p99",
    "experiments[].comparisons[]": "variant baseline metric ratio ci95 margin verdict seconds "
    "stopped_early alpha",
    "experiments[].caveats[]": "code message advice invalidates",
}


# What the open model adds to a variant.
OPEN_CONTRACT = "planned sent unsent rate_planned rate_achieved lateness_ms service_ms"


@pytest.fixture
def run() -> Run:
    return make_run(invalid(), ten_times_faster())


def at(fields: dict, path: str) -> dict:
    for name in filter(None, path.split(".")):
        fields = fields[name.removesuffix("[]")]
        fields = fields[0] if name.endswith("[]") else fields
    return fields


@pytest.mark.parametrize("path", CONTRACT)
def test_record_has_the_fields_that_others_read(run, path):
    assert set(CONTRACT[path].split()) <= at(json.loads(to_json(run)), path).keys()


def test_open_model_adds_what_others_read_and_keeps_the_rest():
    run = make_run(open_model())
    variant = at(json.loads(to_json(run)), "experiments[].variants[]")
    assert set(CONTRACT["experiments[].variants[]"].split()) <= variant.keys()
    assert set(OPEN_CONTRACT.split()) <= variant["open_model"].keys()
    assert {"p50", "p95", "p99", "max"} <= variant["open_model"]["lateness_ms"].keys()
    assert RUN_FORMAT.from_json(to_json(run), source="test") == run


def test_interval_and_verdict_are_plain_json(run):
    comparison = at(json.loads(to_json(run)), "experiments[].comparisons[]")
    assert comparison["ci95"] == list(run.experiments[0].comparisons[0].ci95)
    assert comparison["verdict"] == "faster"


def test_bound_that_does_not_exist_is_null_because_json_has_no_infinity():
    run = make_run(unbounded())
    comparison = at(json.loads(to_json(run)), "experiments[].comparisons[]")
    assert comparison["ci95"] == [0, None]
    assert RUN_FORMAT.from_json(to_json(run), source="test") == run


def test_round_trip_through_json(run):
    assert RUN_FORMAT.from_json(to_json(run), source="test") == run


def test_written_record_is_read_from_its_folder_and_its_file(run, tmp_path):
    path = write_record(run, tmp_path)
    assert read_record(tmp_path) == read_record(path) == run
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


def test_newer_schema_is_refused_with_the_fix(run):
    with pytest.raises(RecordError, match="upgrade headtohead"):
        RUN_FORMAT.from_json(to_json(replace(run, schema=SCHEMA_VERSION + 1)), source="x")


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", '{"schema": "1"}', '{"schema": 1}', "null"])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(RecordError, match="give a run directory"):
        RUN_FORMAT.from_json(text, source="x")


def test_missing_record_is_refused(tmp_path):
    with pytest.raises(RecordError, match="no record"):
        read_record(tmp_path / "latest")


def test_record_of_a_version_that_looked_at_less_is_read(run):
    fields = json.loads(to_json(run))
    fields["schema"] = 1
    del fields["control"]
    for experiment in fields["experiments"]:
        del experiment["generator"], experiment["machine"]
        for comparison in experiment["comparisons"]:
            del comparison["alpha"]
    assert RUN_FORMAT.from_json(json.dumps(fields), source="x") == run


def test_a_record_of_schema_1_is_read_by_the_names_that_its_fields_have_now():
    side = ComparedRevision(name="main", commit="1" * 40, changed=False)
    run = make_run(
        ten_times_faster(), revisions=Revisions(base=side, head=side, rounds=8, alpha=0.005)
    )
    fields = json.loads(to_json(run))
    fields["schema"] = 1
    fields["revisions"]["error_rate"] = fields["revisions"].pop("alpha")
    for comparison in fields["experiments"][0]["comparisons"]:
        comparison["verdict_error_rate"] = comparison.pop("alpha")
    assert RUN_FORMAT.from_json(json.dumps(fields), source="x") == run


def test_control_and_conditions_survive_the_round_trip():
    run = SAMPLES["controlled"]()
    assert RUN_FORMAT.from_json(to_json(run), source="test") == run


@pytest.mark.parametrize(
    ("kind", "valid"), [("skipped", True), ("differs", True), ("failed", False)]
)
def test_an_endpoint_that_broke_down_makes_a_run_invalid(kind, valid):
    side = ComparedRevision(name="main", commit="1" * 40, changed=False)
    untimed = (UntimedEndpoint(path="/", reason="both answer 500", kind=kind),)
    compared = Revisions(base=side, head=side, rounds=8, alpha=0.005, untimed=untimed)
    assert make_run(ten_times_faster(), revisions=compared).valid is valid
