"""Records in a real PostgreSQL."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from headtohead.ci.history.publishing import publish as publish_history
from headtohead.config import Config
from headtohead.errors import PublishError
from headtohead.publish.publish_runs import database_url, publish
from headtohead.publish.schema import LOCK, MIGRATIONS
from headtohead.records.run import RUN_FORMAT, read_record
from headtohead.records.store import to_json
from headtohead.services.databases.postgresql import connect
from tests.conftest import ROOT
from tests.report.samples import SAMPLES, invalid, run, ten_times_faster, unbounded, under_load
from tests.waiting import eventually

pytestmark = pytest.mark.stack

Query = Callable[[str], list[tuple]]
TABLES = ("runs", "results", "variants", "comparisons", "caveats")


def counts(query: Query) -> dict[str, int]:
    return {
        table: query(f"SELECT count(*) FROM headtohead.{table}")[0][0]  # noqa: S608
        for table in TABLES
    }


def test_a_run_can_be_read_back_by_column(url: str, query: Query) -> None:
    record = run(ten_times_faster(), invalid())
    publish([record], url=url)
    assert query(
        "SELECT started_at, seconds, complete, valid, git_commit, git_dirty FROM headtohead.runs"
    ) == [(record.started_at, 61.4, True, False, record.git.commit, True)]
    assert query("SELECT experiment, question, mode, pairs FROM headtohead.results") == [
        (each.name, each.question, "latency", 1840) for each in record.experiments
    ]
    assert query(
        "SELECT variant, baseline, requests, p50_ms, queries_per_request, cache_hit_ratio "
        "FROM headtohead.variants WHERE experiment = 'product-list' ORDER BY baseline DESC"
    ) == [
        ("naive", True, 1840, pytest.approx(18.24), 62.0, None),
        ("prefetched", False, 1840, pytest.approx(1.7), 3.0, None),
    ]
    assert query(
        "SELECT variant, baseline, metric, ratio, verdict, stopped_early, ci95_low < ratio "
        "FROM headtohead.comparisons WHERE experiment = 'product-list'"
    ) == [("prefetched", "naive", "latency", 0.0931, "faster", True, True)]
    assert query("SELECT experiment, code FROM headtohead.caveats ORDER BY code") == [
        ("category-summary", "request-errors"),
        ("category-summary", "too-few-pairs"),
    ]


def test_the_whole_record_is_kept_beside_its_columns(url: str, query: Query) -> None:
    record = run(under_load())
    publish([record], url=url)
    ((kept,),) = query("SELECT record::text FROM headtohead.runs")
    assert RUN_FORMAT.from_json(kept, source="the table") == record


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_kind_of_run_can_be_published(url: str, query: Query, sample: str) -> None:
    record = SAMPLES[sample]()
    publish([record], url=url)
    assert counts(query) == {
        "runs": 1,
        "results": len(record.experiments),
        "variants": sum(len(each.variants) for each in record.experiments),
        "comparisons": sum(len(each.comparisons) for each in record.experiments),
        "caveats": sum(len(each.caveats) for each in record.experiments),
    }


def test_a_record_that_an_older_version_kept_can_be_published(url: str, query: Query) -> None:
    publish([read_record(ROOT / "docs" / "reference-run")], url=url)
    assert counts(query)["runs"] == 1


def test_publishing_again_replaces_and_never_adds(url: str, query: Query) -> None:
    publish([run(ten_times_faster(), invalid())], url=url)
    publish([run(invalid())], url=url)
    publish([run(invalid())], url=url)
    assert counts(query) == {
        "runs": 1,
        "results": 1,
        "variants": 2,
        "comparisons": 1,
        "caveats": 2,
    }


@pytest.mark.parametrize("first", [True, False], ids=["no tables yet", "tables"])
def test_two_that_publish_at_once_wait_for_each_other_and_add_nothing_twice(
    url: str, query: Query, first: bool
) -> None:
    record, other = run(ten_times_faster(), invalid()), run(invalid(), run_id="another")
    if not first:
        publish([record], url=url)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with ThreadPoolExecutor(3) as pool:
        with closing(connect(url)) as holder, holder, holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            published = [
                *(
                    pool.submit(publish, each, url=url)
                    for each in ([record, other], [other, record])
                ),
                pool.submit(publish_history, (), url=url),
            ]
            eventually(lambda: query(waiting) == [(3,)], patience=30)
        for each in published:
            each.result(30)
    assert counts(query) == {
        "runs": 2,
        "results": 3,
        "variants": 6,
        "comparisons": 3,
        "caveats": 4,
    }


def test_bounds_that_do_not_exist_are_null(url: str, query: Query) -> None:
    publish([run(unbounded())], url=url)
    assert query("SELECT ci95_low, ci95_high FROM headtohead.comparisons") == [(None, None)]


def test_deleting_a_run_deletes_all_that_belongs_to_it(url: str, query: Query) -> None:
    publish([run(ten_times_faster(), invalid())], url=url)
    query("DELETE FROM headtohead.runs")
    assert set(counts(query).values()) == {0}


def test_another_run_of_the_same_name_is_refused(url: str, query: Query) -> None:
    first = run(ten_times_faster())
    publish([first], url=url)
    with pytest.raises(PublishError, match="another run named .* is published already"):
        publish([replace(first, started_at=first.started_at + timedelta(seconds=1))], url=url)
    assert query("SELECT started_at FROM headtohead.runs") == [(first.started_at,)]


def test_a_record_that_the_database_refuses_leaves_nothing_of_it(url: str, query: Query) -> None:
    sound, caveat = run(ten_times_faster()), invalid().caveats[0]
    # PostgreSQL's texts hold any character but this one.
    broken = replace(invalid(), caveats=(replace(caveat, message="a\0b"),))
    with pytest.raises(PublishError, match=r"does not take the record.*h2h publish"):
        publish([sound, run(broken, run_id="another")], url=url)
    assert query("SELECT run_id FROM headtohead.runs") == [(sound.run_id,)]


def test_tables_of_a_newer_version_are_left_alone(url: str, query: Query) -> None:
    publish([run(ten_times_faster())], url=url)
    query("UPDATE headtohead.schema_version SET version = 99")
    with pytest.raises(PublishError, match="version 99, newer than .* upgrade headtohead"):
        publish([run(invalid())], url=url)
    assert query("SELECT version FROM headtohead.schema_version") == [(99,)]


def test_tables_of_an_older_version_are_brought_up_to_date(
    url: str, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish([run(ten_times_faster())], url=url)
    later = (*MIGRATIONS, "ALTER TABLE headtohead.runs ADD COLUMN more text DEFAULT 'more'")
    monkeypatch.setattr("headtohead.publish.schema.MIGRATIONS", later)
    publish([run(invalid(), run_id="another")], url=url)
    assert query("SELECT more FROM headtohead.runs") == [("more",), ("more",)]
    assert query("SELECT version FROM headtohead.schema_version") == [(len(later),)]


def test_a_user_who_may_not_publish_is_told_what_to_do(url: str, query: Query) -> None:
    query("CREATE ROLE visitor LOGIN PASSWORD 'opensesame'")
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    visitors = parts._replace(netloc=f"visitor:opensesame@{place}").geturl()
    try:
        with pytest.raises(PublishError, match="may not publish .*GRANT CREATE") as refused:
            publish([run(invalid())], url=visitors)
        assert "opensesame" not in str(refused.value)
    finally:
        query("DROP ROLE visitor")


def test_without_a_database_the_message_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="no database to publish to; run `h2h up`"):
        database_url(Config(root=tmp_path))


def test_the_record_is_json_that_sql_can_look_into(url: str, query: Query) -> None:
    record = run(ten_times_faster())
    publish([record], url=url)
    ((cpu,),) = query("SELECT record #>> '{environment,cpu}' FROM headtohead.runs")
    assert cpu == json.loads(to_json(record))["environment"]["cpu"]
