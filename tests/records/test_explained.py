import json

import pytest

from headtohead.errors import RecordError
from headtohead.records.explained import EXPLAINED_NAME, read_explained, write_explained
from tests.explaining import explained


def test_record_round_trip(tmp_path):
    write_explained(explained(), tmp_path)
    assert read_explained(tmp_path) == explained()
    assert [path.name for path in tmp_path.iterdir()] == [EXPLAINED_NAME]


def test_a_run_that_nobody_explained_is_no_error(tmp_path):
    assert read_explained(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1, "variants": 3}'])
def test_what_is_no_explanation_is_refused_with_the_way_out(tmp_path, text):
    (tmp_path / EXPLAINED_NAME).write_text(text)
    with pytest.raises(RecordError, match="record of what explains.*h2h explain --run"):
        read_explained(tmp_path)


def test_another_schema_is_refused(tmp_path):
    write_explained(explained(), tmp_path)
    path = tmp_path / EXPLAINED_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 9}))
    with pytest.raises(RecordError, match="schema 9, newer than the 1"):
        read_explained(tmp_path)


def test_a_variant_knows_its_experiment():
    naive, _ = explained().variants
    assert (naive.experiment, naive.name) == ("product-list", "naive")
