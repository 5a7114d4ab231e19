"""Judge every commit of a shop whose history is known, and see whether that is right.

    python -m benchmarks.proof --output docs/proof

It takes about an hour, and wants a quiet machine. The record goes to the folder, and the page that
follows from it to standard output. Exit code 1: a commit is judged wrongly.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.found import found_in, invalidating
from benchmarks.proof.commits import COMMITS, Commit
from benchmarks.proof.markdown import render
from benchmarks.proof.record import Judged, Record
from benchmarks.proof.repository import write_repository
from benchmarks.storing import write_record
from headtohead.records.provenance import Began
from headtohead.records.run import read_record

ROOT = Path(__file__).parents[2]


def judge(number: int, commit: Commit, hashes: Sequence[str], *, shop: Path) -> Judged:
    """One commit against the one before it, as a pipeline would."""
    started = time.monotonic()
    subprocess.run(["git", "checkout", "--quiet", hashes[number]], cwd=shop, check=True)
    gate = subprocess.run(
        [sys.executable, "-m", "headtohead", "gate", hashes[number - 1], "--json"],
        cwd=shop,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not gate.stdout:
        sys.exit(f"commit {number} could not be judged; fix: see what h2h says above")
    run = read_record(shop / "results" / json.loads(gate.stdout)["run_id"])
    return Judged(
        number=number,
        commit=hashes[number],
        message=commit.message,
        planted=commit.planted,
        seconds=time.monotonic() - started,
        exit_code=gate.returncode,
        caveats=invalidating(run),
        found=found_in(run),
    )


def prove(*, commits: Sequence[Commit]) -> Record:
    """Judge commits one after the other, with one stack that stays up."""
    began = Began()
    judged = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        hashes = write_repository(shop, commits)
        command = [sys.executable, "-m", "headtohead"]
        subprocess.run([*command, "up"], cwd=shop, stdout=subprocess.DEVNULL, check=True)
        try:
            for number, commit in enumerate(commits, start=1):
                judged.append(judge(number, commit, hashes, shop=shop))
                mark = "right" if judged[-1].right else "WRONG"
                sys.stderr.write(f"{number} {commit.message}: {mark}\n")
        finally:
            subprocess.run([*command, "down"], cwd=shop, stdout=subprocess.DEVNULL, check=True)
    return Record(
        **began.provenance(ROOT),
        commits=tuple(judged),
    )


def main() -> None:
    """Take a record, and say what it shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="folder of the record")
    given = parser.parse_args()
    record = prove(commits=COMMITS)
    write_record(record, given.output)
    sys.stdout.write(render(record))
    sys.exit(not all(each.right for each in record.commits))


if __name__ == "__main__":
    main()
