"""Hold the load of all journeys at 70 % of what the API can bear, and see what grows.

    python -m benchmarks.soak --output docs/soak

It looks for the knee first, then holds the load for half an hour and wants a quiet machine. Exit
code 1: a request failed.
"""

import argparse
import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg2
import redis
from psycopg2 import sql

from benchmarks.soak.markdown import render
from benchmarks.soak.record import Record, Sample, Step, Window
from benchmarks.storing import write_record
from headtohead.analysis.saturation import knee
from headtohead.config_loading import load_config
from headtohead.experiment_registry import load_experiments
from headtohead.records.provenance import describe, git_state
from headtohead.stack import lifecycle
from headtohead.stack.settings import stack_settings
from headtohead.stack.state import RunningStack

ROOT = Path(__file__).parents[2]
JOURNEYS = ROOT / "benchmarks" / "soak" / "journeys.py"
ROWS = 1000
STEPS = (4, 8, 16, 32, 64, 128)
STEP_SECONDS = 20
SHARE = 0.7
SAMPLE_SECONDS = 10.0
# Tasks of the last requests are done by then.
SETTLING_SECONDS = 60.0


def locust(
    running: RunningStack, *, users: int, seconds: float, folder: Path
) -> "subprocess.Popen[bytes]":
    """Have so many users on their way, whose statistics go to the folder."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "locust", "-f", str(JOURNEYS), "--headless", "--only-summary"),
            *("--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds:.0f}s"),
            *("--host", running.api_url, "--csv", str(folder / "soak"), "--csv-full-history"),
            *("--exit-code-on-error", "0"),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def totals(folder: Path) -> tuple[int, int, float]:
    """Requests, those that failed, and requests a second, of all that Locust noted."""
    with (folder / "soak_stats.csv").open(encoding="utf-8") as file:
        total = next(row for row in csv.DictReader(file) if row["Name"] == "Aggregated")
    return int(total["Request Count"]), int(total["Failure Count"]), float(total["Requests/s"])


def windows(folder: Path, *, began: float) -> Iterator[Window]:
    """What Locust noted each second, of the ten seconds before."""
    with (folder / "soak_stats_history.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Name"] == "Aggregated" and row["99%"] != "N/A":
                seconds = float(row["Timestamp"]) - began
                yield Window(seconds=seconds, p50=float(row["50%"]), p99=float(row["99%"]))


def steps(running: RunningStack) -> Iterator[Step]:
    """More and more users, each time for a short while."""
    for users in STEPS:
        with TemporaryDirectory() as folder:
            locust(running, users=users, seconds=STEP_SECONDS, folder=Path(folder)).wait()
            _, _, rate = totals(Path(folder))
        sys.stderr.write(f"{users} users: {rate:.0f} requests a second\n")
        yield Step(users=users, requests_per_second=rate)


def sample(running: RunningStack, *, generator: psutil.Process, began: float) -> Sample:
    """The state now."""
    processes = {server.name: server.pid for server in running.servers if server.pid}
    groups = {
        "API workers": psutil.Process(processes["API"]).children(),
        "Celery": [
            psutil.Process(processes["Worker"]),
            *psutil.Process(processes["Worker"]).children(),
        ],
        "load generator": [generator, *generator.children()],
    }
    with redis.Redis.from_url(running.cache_url) as cache:
        ttls = [cache.pttl(key) for key in cache.scan_iter(count=1000)]
    return Sample(
        seconds=time.monotonic() - began,
        memory={
            name: sum(each.memory_full_info().uss for each in group) / 1e6
            for name, group in groups.items()
        },
        keys=len(ttls),
        eternal_keys=ttls.count(-1),
    )


def rows(running: RunningStack) -> dict[str, int]:
    """Rows of each table."""
    connection = psycopg2.connect(running.database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_stat_user_tables ORDER BY relname")
            found = {}
            for (table,) in cursor.fetchall():
                cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
                found[table] = cursor.fetchone()[0]
            return found
    finally:
        connection.close()


def soak(running: RunningStack, *, minutes: float) -> Record:
    """Find the knee, hold the load, and tell what was seen."""
    load_before = os.getloadavg()[0]
    taken = tuple(steps(running))
    at = knee({step.users: step.requests_per_second for step in taken}) or STEPS[-1]
    users = max(1, round(at * SHARE))
    before = rows(running)
    samples = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        started_at, wall, began = datetime.now(tz=UTC), time.time(), time.monotonic()
        process = locust(running, users=users, seconds=minutes * 60, folder=folder)
        generator = psutil.Process(process.pid)
        while process.poll() is None:
            time.sleep(SAMPLE_SECONDS)
            if process.poll() is None:
                samples.append(sample(running, generator=generator, began=began))
        requests, errors, _ = totals(folder)
        seen = tuple(windows(folder, began=wall))
    time.sleep(SETTLING_SECONDS)
    versions = {server.name: server.version for server in running.servers}
    return Record(
        git=git_state(ROOT),
        environment=describe(
            servers=versions,
            rows=running.rows,
            load_before=load_before,
            load_after=os.getloadavg()[0],
        ),
        started_at=started_at,
        steps=taken,
        users=users,
        minutes=minutes,
        requests=requests,
        errors=errors,
        samples=tuple(samples),
        windows=seen[:: int(SAMPLE_SECONDS)],
        rows_before=before,
        rows_after=rows(running),
    )


def main() -> None:
    """Take a record, and say what it shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="folder of the record")
    parser.add_argument("--minutes", type=float, default=30, help="of load (default 30)")
    given = parser.parse_args()
    config = load_config(start=ROOT, environment=os.environ, flags={})
    experiments = load_experiments(config.experiments).select([])
    with TemporaryDirectory(prefix="h2h-soak-") as folder:
        settings = replace(
            stack_settings(config, experiments),
            directory=Path(folder).resolve() / ".h2h",
            rows=ROWS,
            workers=2,
        )
        try:
            running = lifecycle.up(settings, progress=lambda _: None)
            record = soak(running, minutes=given.minutes)
        finally:
            lifecycle.down(settings)
    write_record(record, given.output)
    sys.stdout.write(render(record))
    sys.exit(bool(record.errors))


if __name__ == "__main__":
    main()
