"""`h2h check` as a user gives it, on the real stack, and what is set up beside it."""

import shutil
import signal

import pytest

from tests.conftest import Project
from tests.processes import interrupted, processes_of, until

pytestmark = pytest.mark.stack

SNAPSHOT = "app/experiments/queries.json"


# Their servers are started three times, once for each number of rows.
SERVERS = ("connection", "fan-out", "observer")


@pytest.mark.parametrize(
    "left_out", [pytest.param((), marks=pytest.mark.nightly, id="all"), SERVERS]
)
def test_all_that_is_declared_passes_at_rows_of_its_own(project, left_out):
    declared = [each["name"] for each in project.json("list")["experiments"] if each["timed"]]
    checked = project.json("check", *(name for name in declared if name not in left_out))
    assert checked["findings"] == []
    assert checked["queries"]["product-list"]["naive"] > 40
    assert checked["queries"]["product-list"]["prefetched"] <= 4
    assert checked["snapshot"]["differences"] == []
    assert checked["snapshot"]["not_kept"] == []

    # Variants on servers of their own: those that tell nothing, and those that are asked alike.
    if not left_out:
        assert set(checked["queries"]["observer"].values()) == {None}
        assert set(checked["queries"]["connection"].values()) == {2}

    growth = {each["experiment"]: each for each in checked["doubling"]["growth"]}
    naive, prefetched = growth["product-list"]["variants"]
    assert growth["product-list"]["path"] == "/api/products/?page_size=100"
    assert (naive["before"], naive["after"]) == (152, 302)
    assert prefetched["before"] == prefetched["after"] == 3
    assert growth["product-detail"]["answer_grew"] is False

    assert project.json("status")["rows"] == 300


def test_a_server_elsewhere_is_compared_by_its_second_answers_and_not_doubled(project):
    status = project.json("status")
    completed = project.h2h(
        *("check", "product-list", "product-detail", "--url", status["api_url"]),
        H2H_TOKEN=status["token"],
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "rows at --url are not ours to double" in completed.stdout
    assert f"The SQL is that in {SNAPSHOT}." in completed.stdout


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (("check", "product-list"), signal.SIGINT),
        (("audit", "stock-update"), signal.SIGTERM),
        (("sweep", "product-list", "--rows", "50,60,70"), signal.SIGHUP),
    ],
)
def test_what_is_interrupted_in_setting_up_leaves_nothing_beside_the_stack(
    project: Project, arguments: tuple[str, ...], number: signal.Signals
):
    scratch = project.root / ".h2h" / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    process = project.start(*arguments)
    until((scratch / "valkey" / "valkey.conf").exists, process=process)
    assert interrupted(process, number) == "h2h: interrupted; nothing was recorded"
    assert processes_of(scratch) == []
    assert project.json("status")["up"] is True
    assert not list(project.root.glob("results/.*partial"))
