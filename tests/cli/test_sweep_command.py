"""`h2h sweep` as a user gives it, on the real stack."""

import json

import pytest

from tests.processes import processes_of

pytestmark = pytest.mark.stack

# Stops after the fewest pairs that a verdict needs, however busy the machine is.
QUICKLY = {"H2H_MARGIN": "0.3", "H2H_WARM_UP": "5"}


@pytest.mark.nightly
def test_sweep_measures_at_every_size_and_leaves_the_rows_as_they_were(project):
    completed = project.h2h(
        *("sweep", "serializer", "--rows", "50,1e2,200", "--budget", "120", "--json"), **QUICKLY
    )
    assert completed.returncode in {0, 3}, completed.stderr
    record = json.loads(completed.stdout)

    assert [size["rows"] for size in record["sizes"]] == [50, 100, 200]
    for size in record["sizes"]:
        assert [each["queries_per_request"] for each in size["result"]["variants"]] == [2, 2]
        (comparison,) = size["result"]["comparisons"]
        assert comparison["ci95"][0] <= comparison["ratio"] <= comparison["ci95"][1] < 1
        # All servers are the stack's own, the one of the database beside included.
        assert size["result"]["machine"]["others"] is not None
        assert [each["variant"] for each in size["explained"]] == [
            "serializer/model-serializer",
            "serializer/lean",
        ]
    assert [each["variant"] for each in record["growth"]] == ["model-serializer", "lean"]
    assert {each["queries"] for each in record["growth"]} == {"constant"}
    # Others on this machine may well take the cores; then it says so and gives no verdict.
    unusable = any(c["invalidates"] for s in record["sizes"] for c in s["result"]["caveats"])
    assert (completed.returncode == 3) is unusable
    assert {each["trend"] == "invalid" for each in record["growth"]} == {unusable}

    folder = project.root / "results" / "latest-sweep"
    assert json.loads((folder / "sweep.json").read_text()) == record
    page = (folder / "sweep.html").read_text()
    assert "model-serializer: " in page
    assert "Seq Scan on catalog_brand" in page
    for size in record["sizes"]:
        pairs = folder / f"{size['rows']}-rows" / "pairs" / "serializer.csv"
        assert len(pairs.read_text().splitlines()) == size["result"]["pairs"] + 1
    assert [path.name for path in folder.parent.iterdir() if "partial" in path.name] == []

    assert project.json("status")["rows"] == 300
    assert processes_of(project.root / ".h2h" / "scratch") == []
