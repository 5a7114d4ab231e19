"""Publishing as a user does it, into the stack's own database."""

import shutil
from contextlib import closing

import psycopg2
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.stack

REFERENCE_RUN = ROOT / "docs" / "reference-run"


def published(project) -> list[str]:
    url = project.json("status")["database_url"]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT run_id FROM headtohead.runs ORDER BY started_at")
        return [run_id for (run_id,) in cursor.fetchall()]


def test_kept_runs_are_published_and_publishing_again_changes_nothing(project):
    first = project.json("publish", str(REFERENCE_RUN))["published"]
    assert project.h2h("publish", str(REFERENCE_RUN)).stdout == f"Published {first[0]}.\n"
    assert published(project).count(first[0]) == 1


def test_one_wrong_name_publishes_nothing(project, tmp_path):
    project.json("publish", str(REFERENCE_RUN))
    shutil.copytree(REFERENCE_RUN, tmp_path / "kept")
    record = tmp_path / "kept" / "run.json"
    record.write_text(record.read_text().replace('"run_id": "', '"run_id": "renamed-'))
    refused = project.h2h("publish", str(tmp_path / "kept"), str(tmp_path / "none"))
    assert refused.returncode == 2
    assert "no record of a run at" in refused.stderr
    assert not any(run_id.startswith("renamed-") for run_id in published(project))
