"""Compare a shop's commit with itself, again and again: whatever is claimed then is wrong.

    python -m benchmarks.itself --output docs/itself

A comparison takes half a minute, and wants a quiet machine. The record goes to the folder after
every comparison, and one that is there already is gone on with. Exit code 1: something was claimed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.found import found_in, invalidating
from benchmarks.itself.calibration import calibrate
from benchmarks.itself.markdown import render
from benchmarks.itself.record import Record, Taken
from benchmarks.proof.commits import COMMITS
from benchmarks.proof.repository import write_repository
from benchmarks.storing import RECORD_NAME, read_record, write_record
from headtohead.records.provenance import describe, git_state
from headtohead.records.run import read_record as read_run

ROOT = Path(__file__).parents[2]
# The shop's servers start in a fraction of the time that the reference API's take, and these answer
# so soon that two seconds give as many pairs as a verdict needs.
PATHS = ("/products/7/", "/report/")
ROUNDS = 8
BUDGET = 2.0
H2H = (sys.executable, "-m", "headtohead")


def compare(shop: Path) -> Taken:
    """One comparison of the shop's last commit with itself."""
    started_at, started, load = datetime.now(tz=UTC), time.monotonic(), os.getloadavg()[0]
    finished = subprocess.run(
        [
            *(*H2H, "compare", "HEAD", "HEAD", "--json"),
            *("--rounds", str(ROUNDS), "--budget", str(BUDGET)),
            *(part for path in PATHS for part in ("--path", path)),
        ],
        cwd=shop,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not finished.stdout:
        sys.exit("the commit cannot be compared; fix: see what h2h says above")
    run = read_run(shop / "results" / json.loads(finished.stdout)["run_id"])
    return Taken(
        started_at=started_at,
        seconds=time.monotonic() - started,
        load_before=load,
        caveats=invalidating(run),
        found=found_in(run),
    )


def begun(folder: Path) -> Record:
    """The record that is in the folder, or one without comparisons.

    Raises:
        SystemExit: What is there is another commit's.
    """
    git = git_state(ROOT)
    if not (folder / RECORD_NAME).exists():
        load = os.getloadavg()[0]
        return Record(
            git=git,
            environment=describe(servers={}, rows=0, load_before=load, load_after=load),
            rounds=ROUNDS,
            budget=BUDGET,
            taken=(),
            quiet=(),
        )
    record = read_record(folder, Record)
    if record.git.commit != git.commit:
        sys.exit(f"{folder} has another commit's record; fix: check that commit out, or move it")
    return record


def main() -> None:
    """Take a record, and say what it shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="folder of the record")
    parser.add_argument("--runs", type=int, default=100, help="that count (default 100)")
    given = parser.parse_args()
    record = begun(given.output)
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        write_repository(shop, COMMITS)
        subprocess.run([*H2H, "up"], cwd=shop, stdout=subprocess.DEVNULL, check=True)
        try:
            while len(record.counted) < given.runs:
                record = replace(record, taken=(*record.taken, compare(shop)))
                write_record(record, given.output)
                claims = ", ".join(each.path for each in record.taken[-1].claims)
                sys.stderr.write(f"{len(record.taken)}: {claims or 'nothing claimed'}\n")
        finally:
            subprocess.run([*H2H, "down"], cwd=shop, stdout=subprocess.DEVNULL, check=True)
    record = replace(record, quiet=calibrate(record.series))
    write_record(record, given.output)
    sys.stdout.write(render(record))
    sys.exit(any(each.claims for each in record.counted))


if __name__ == "__main__":
    main()
