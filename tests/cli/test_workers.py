"""Workers on hosts of their own: network namespaces, as near to other machines as one can have."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.conftest import H2H, ROOT, copy_project
from tests.processes import interrupted, until

MASTER = "10.77.0.1"
# Within this time a run ends that has lost a worker.
PROMISED_SECONDS = 15
# So many requests are more than two rounds of blocks on any machine.
WELL_UNDER_WAY = 6000
RUN = ("run", "product-list", "--mode", "throughput", "--users", "4", "--block", "0.25", "--json")


@dataclass(frozen=True, kw_only=True)
class Host:
    """A network namespace."""

    name: str

    def ip(self, *arguments: str) -> None:
        subprocess.run(["ip", "-n", self.name, *arguments], check=True)

    def start(self, command: Sequence[str], *, folder: Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command],
            cwd=folder,
            env={
                **os.environ,
                "H2H_TOKEN": "secret",
                "H2H_WORKER_SECRET": "agreed",
                "COLUMNS": "160",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answered(self, url: str) -> int:
        """How many requests the server has answered."""
        question = (
            "import sys; from urllib.request import Request, urlopen;"
            "h = {'Baggage': 'h2h.experiment=e,h2h.variant=one'};"
            "print(urlopen(Request(sys.argv[1] + '/answered', headers=h)).read().decode())"
        )
        process = self.start([sys.executable, "-c", question, url], folder=ROOT)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return int(output)


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host, Host]]:
    """The master's and two workers', each of which has a cable to the master's alone."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    if not shutil.which("ip"):
        pytest.skip("network namespaces need iproute2")
    unique = uuid4().hex[:8]
    master, *workers = (Host(name=f"h2h-{unique}-{name}") for name in ("master", "one", "two"))
    with ExitStack() as stack:
        for host in (master, *workers):
            made = subprocess.run(
                ["ip", "netns", "add", host.name], capture_output=True, text=True, check=False
            )
            if made.returncode != 0:
                pytest.skip(f"network namespaces cannot be made here ({made.stderr.strip()})")
            stack.callback(subprocess.run, ["ip", "netns", "del", host.name], check=True)
            host.ip("link", "set", "lo", "up")
        for index, worker in enumerate(workers):
            cable = f"cable{index}"
            master.ip("link", "add", cable, "type", "veth", "peer", "eth0", "netns", worker.name)
            master.ip("address", "add", MASTER, "peer", f"10.77.{index}.2", "dev", cable)
            master.ip("link", "set", cable, "up")
            worker.ip("address", "add", f"10.77.{index}.2", "peer", MASTER, "dev", "eth0")
            worker.ip("link", "set", "eth0", "up")
        yield (master, *workers)


def kill(process: "subprocess.Popen[str]", host: Host) -> None:
    process.kill()


def cut_off(process: "subprocess.Popen[str]", host: Host) -> None:
    host.ip("link", "set", "eth0", "down")


@pytest.mark.load
@pytest.mark.parametrize("lose", [pytest.param(kill, marks=pytest.mark.nightly), cut_off])
def test_worker_that_is_lost_on_its_host_invalidates_the_run_in_time(
    lose: Callable[["subprocess.Popen[str]", Host], None],
    hosts: tuple[Host, Host, Host],
    tmp_path: Path,
):
    master, one, two = hosts
    project, elsewhere = copy_project(tmp_path / "project"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    script = str(ROOT / "tests" / "variants_server.py")

    with ExitStack() as stack:

        def start(host: Host, *command: str, folder: Path) -> "subprocess.Popen[str]":
            process = stack.enter_context(host.start(command, folder=folder))
            stack.callback(process.kill)
            return process

        server = start(master, sys.executable, script, MASTER, folder=elsewhere)
        url = f"http://{MASTER}:{int(server.stdout.readline())}"
        # Its project is here alone; workers have none.
        run = start(
            master,
            *(*H2H, *RUN, "--url", url, "--budget", "600"),
            *("--remote-workers", "2", "--master-bind", MASTER),
            folder=project.root,
        )
        staying, lost = (
            start(host, *H2H, "worker", "--master", MASTER, folder=elsewhere) for host in (one, two)
        )
        while master.answered(url) < WELL_UNDER_WAY:
            assert run.poll() is None, run.communicate()
        lose(lost, two)
        output, errors = run.communicate(timeout=PROMISED_SECONDS)

        assert run.returncode == 3, errors
        record = json.loads(output)
        (experiment,) = record["experiments"]
        (caveat,) = (each for each in experiment["caveats"] if each["code"] == "worker-lost")
        assert caveat["invalidates"]
        assert caveat["advice"]
        assert experiment["workers"] == 2
        assert {each["verdict"] for each in experiment["comparisons"]} == {"invalid"}
        assert record["complete"] is False
        staying.communicate(timeout=60)
        assert staying.returncode == 0
        _, errors = lost.communicate(timeout=60)
        if lose is cut_off:
            assert lost.returncode == 3
            assert errors.startswith("h2h: the master went away")


@pytest.mark.load
def test_interrupt_stops_all_local_workers_at_once(variants_server: str, tmp_path: Path):
    project = copy_project(tmp_path)
    given = (*RUN, "--url", variants_server, "--workers", "2", "--budget", "600")
    process = project.start(*given, H2H_TOKEN="secret")
    h2h = psutil.Process(process.pid)
    until(lambda: len(h2h.children(recursive=True)) >= 3, process=process)
    started = h2h.children(recursive=True)
    assert interrupted(process, signal.SIGINT) == "h2h: interrupted; nothing was recorded"
    assert not any(each.is_running() for each in started)
    assert not list(tmp_path.glob("results/*"))


@pytest.mark.load
def test_run_with_local_workers_is_valid_and_says_so(variants_server: str, tmp_path: Path):
    project = copy_project(tmp_path)
    completed = project.h2h(
        *(*RUN, "--url", variants_server, "--workers", "2", "--budget", "6"), H2H_TOKEN="secret"
    )
    assert completed.returncode == 0, completed.stderr
    record = json.loads(completed.stdout)
    (experiment,) = record["experiments"]
    assert record["complete"] is True
    assert (experiment["users"], experiment["workers"]) == (4, 2)
    folder = project.root / "results" / "latest"
    header, *rows = (folder / "blocks" / "product-list.csv").read_text().splitlines()
    worker = header.split(",").index("worker")
    assert {row.split(",")[worker] for row in rows} == {"1", "2"}
    assert "4 users on 2 workers" in (folder / "report.html").read_text()
