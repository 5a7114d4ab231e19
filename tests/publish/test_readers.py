"""The users that docker compose makes for Grafana and the exporter, in a real PostgreSQL."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import psycopg2.errors
import pytest

from headtohead.publish.publish_runs import publish
from headtohead.services.databases.postgresql import connect
from tests.conftest import ROOT
from tests.report.samples import run, ten_times_faster

pytestmark = pytest.mark.stack

SCRIPT = ROOT / "dashboards" / "provisioning" / "readers.sh"


@pytest.fixture
def reader(url: str, query: Callable[[str], list[tuple]]) -> Iterator[str]:
    """The database as Grafana's user sees it."""
    (statements,) = re.findall(r"<<'SQL'\n(.*)SQL\n", SCRIPT.read_text(encoding="utf-8"), re.DOTALL)
    query(statements.replace(":'password'", "'opensesame'"))
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    yield parts._replace(netloc=f"grafana:opensesame@{place}").geturl()
    query("DROP OWNED BY grafana, exporter; DROP ROLE grafana, exporter")


def test_grafana_reads_published_runs_and_can_write_nothing(url: str, reader: str) -> None:
    record = run(ten_times_faster())
    publish([record], url=url)
    with closing(connect(reader)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT run_id FROM headtohead.runs")
            assert cursor.fetchall() == [(record.run_id,)]
            with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
                cursor.execute("DELETE FROM headtohead.runs")
            cursor.execute("SET default_transaction_read_only = off")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("DELETE FROM headtohead.runs")
