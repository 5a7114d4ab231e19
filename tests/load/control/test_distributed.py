import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import islice
from math import inf

import psutil
import pytest

from headtohead import __version__
from headtohead.errors import ConfigurationError
from headtohead.host.cores import available_cores
from headtohead.host.ports import free_port
from headtohead.load.control.distributed import Fleet, open_fleet
from headtohead.load.generator.schedule import BlockSchedule
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.distributed import SECRET_VARIABLE, WorkerLost
from headtohead.load.messages.throughput import Block, BlockBatch, BlockPlan
from headtohead.modes.throughput.workers import fleet_caveats
from tests.load.generator.test_process import arm
from tests.processes import children_of_load

pytestmark = pytest.mark.load

# A hang guard: how long a process may take to end that has no reason to go on.
LIMIT = 60


def fleet(*, local: int = 0, remote: int = 0, port: int = 0, **changes: object):
    fields = {
        "host": "127.0.0.1",
        "wait": 60.0,
        "cores": available_cores(),
        "note": [].append,
    }
    return open_fleet(local=local, remote=remote, port=port, **fields | changes)


def plan(url: str, *, users: int = 4, seconds: float = 1.5, path: str = "/equal") -> BlockPlan:
    return BlockPlan(
        arms=(arm("one", url=url, path=path), arm("other", url=url, path=path)),
        users=users,
        warm_up=10,
        block_seconds=0.1,
        seconds=seconds,
        seed=1,
    )


def taken(fleet: Fleet, plan: BlockPlan) -> list[tuple[list[Block], list[Sample]]]:
    workers: list[tuple[list[Block], list[Sample]]] = [([], []) for _ in range(fleet.workers)]
    for worker, batch in fleet.take(plan):
        blocks, samples = workers[worker]
        blocks += batch.blocks
        samples += batch.samples
    return workers


def test_workers_share_one_schedule_and_all_their_requests_come_back(variants_server):
    with fleet(local=2) as two:
        (blocks, samples), (others_blocks, others_samples) = taken(two, plan(variants_server))
        assert two.broken is None
    assert len(blocks) >= 4
    order = [(block.round, block.arm) for block in blocks]
    assert order == [(block.round, block.arm) for block in others_blocks]
    schedule = BlockSchedule(arms=2, seconds=inf, seed=1)
    assert order == [(turn.round, turn.arm) for turn in islice(schedule, len(order))]
    for own, seen in ((blocks, samples), (others_blocks, others_samples)):
        for block in own:
            within = [each for each in seen if block.started <= each.started < block.ended]
            assert {each.identity for each in within} == {("e/one", "e/other")[block.arm]}
    assert not any(each.error for each in (*samples, *others_samples))


def test_block_is_measured_once_the_requests_of_all_workers_have_drained(variants_server):
    """They are on one machine here, so for once their clocks can be compared."""
    with fleet(local=2) as two:
        workers = taken(two, plan(variants_server, path="/pool"))
    for index in range(1, len(workers[0][0])):
        left_over = [
            each.started + each.milliseconds / 1000
            for blocks, samples in workers
            for each in samples
            if blocks[index - 1].started <= each.started < blocks[index].started
        ]
        measured_from = min(blocks[index].drained for blocks, _ in workers)
        assert max(left_over) <= measured_from + 0.001


def test_users_of_all_workers_together_are_as_many_as_planned(variants_server):
    with fleet(local=2) as two:
        workers = taken(two, plan(variants_server, users=3, path="/pool"))
    under_way = []
    for blocks, samples in workers:
        block = blocks[1]
        middle = (block.drained + block.ended) / 2
        under_way.append(
            sum(
                each.started < middle <= each.started + each.milliseconds / 1000 for each in samples
            )
        )
    # One of them may just be between two requests.
    assert under_way[0] in {1, 2}
    assert under_way[1] in {0, 1}


def test_workers_take_one_plan_after_the_other_also_when_one_is_given_up(variants_server):
    with fleet(local=2) as two:
        with closing(two.take(plan(variants_server, seconds=600))) as batches:
            next(batches)
        workers = taken(two, plan(variants_server, users=2))
        assert two.broken is None
    assert {each.round for each in workers[0][0]} == set(range(len(workers[0][0]) // 2))


def kill(process: psutil.Process) -> None:
    process.kill()


def interrupt(process: psutil.Process) -> None:
    process.terminate()


@pytest.mark.parametrize("end", [pytest.param(kill, marks=pytest.mark.nightly), interrupt])
def test_worker_that_is_lost_breaks_the_fleet(
    end: Callable[[psutil.Process], None], variants_server
):
    with fleet(local=2) as two:
        batches = two.take(plan(variants_server, seconds=600))
        next(batches)
        end(children_of_load("worker")[0])
        assert all(isinstance(batch, BlockBatch) for _, batch in batches)
        assert isinstance(two.broken, WorkerLost)
        (caveat,) = fleet_caveats(two)
        assert (caveat.code, caveat.invalidates) == ("worker-lost", True)
        assert list(two.take(plan(variants_server))) == []
    assert children_of_load("worker") == children_of_load("master") == []


def test_worker_whose_master_goes_away_ends_itself(variants_server):
    port = free_port()
    with ExitStack() as stack:
        stranger = stack.enter_context(worker(port))
        stack.callback(stranger.kill)
        one = stack.enter_context(fleet(remote=1, port=port))
        next(one.take(plan(variants_server, seconds=600)))
        children_of_load("master")[0].kill()
        _, errors = stranger.communicate(timeout=LIMIT)
        assert stranger.returncode == 3
        assert errors.startswith("h2h: the master went away")


@pytest.fixture(autouse=True)
def _agreed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers may be started before the run is."""
    monkeypatch.setenv(SECRET_VARIABLE, "agreed")


def worker(port: int, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "headtohead.load.generator.worker", "127.0.0.1", str(port)],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_workers_that_nobody_waits_for_are_sent_away_and_move_no_user(variants_server):
    port = free_port()
    with ExitStack() as stack:
        notes: list[str] = []
        invited = stack.enter_context(worker(port))
        stack.callback(invited.kill)
        one = stack.enter_context(fleet(remote=1, port=port, note=notes.append))
        batches = one.take(plan(variants_server, seconds=600))
        next(batches)
        late = stack.enter_context(worker(port))
        stack.callback(late.kill)
        while late.poll() is None:
            next(batches)
        assert late.returncode == 3
        assert "does not want this worker" in late.stderr.read()
        next(batches)
        assert one.broken is None
    assert invited.wait(timeout=LIMIT) == 0
    assert notes[0] == f"Waiting for 1 times `h2h worker --master 127.0.0.1:{port}`"
    assert notes[1].startswith("Worker 1 of 1 joined, from ")
    assert len(notes) == 2


@pytest.mark.parametrize("secret", ["", "guessed"])
def test_whoever_does_not_know_the_secret_gets_no_plan_and_delivers_nothing(
    secret: str, variants_server
):
    port = free_port()
    with ExitStack() as stack:
        notes: list[str] = []
        stranger = stack.enter_context(worker(port, **{SECRET_VARIABLE: secret}))
        stack.callback(stranger.kill)
        invited: list[subprocess.Popen[str]] = []

        def note(text: str) -> None:
            notes.append(text)
            if "turned away" in text:
                invited.append(stack.enter_context(worker(port)))
                stack.callback(invited[0].kill)

        # It is the first that comes.
        one = stack.enter_context(fleet(remote=1, port=port, note=note))
        _, errors = stranger.communicate(timeout=LIMIT)
        assert stranger.returncode == 3
        assert f"it does not know the secret of the run, see {SECRET_VARIABLE}" in errors
        ((blocks, samples),) = taken(one, plan(variants_server))
        assert blocks
        assert samples
        assert one.broken is None
    _, refused, joined = notes
    assert "was turned away: it does not know the secret of the run" in refused
    assert joined.startswith("Worker 1 of 1 joined")


def test_secret_is_made_up_and_told_where_none_was_agreed_before(monkeypatch):
    monkeypatch.delenv(SECRET_VARIABLE)
    told: list[str] = []
    for _ in range(2):
        with pytest.raises(ConfigurationError), fleet(remote=1, wait=0.1, note=told.append):
            pytest.fail("there is no one")
    first, second = (re.search(rf"`{SECRET_VARIABLE}=(\S+) h2h worker", each)[1] for each in told)
    assert len(first) > 40
    assert first != second


def test_workers_that_do_not_come_are_waited_for_no_longer_than_said():
    problem = "0 of 2 workers came within 1 s; start `h2h worker"
    with pytest.raises(ConfigurationError, match=problem), fleet(remote=2, wait=1.0):
        pytest.fail("there is no one")
    assert children_of_load("master") == []


def test_port_that_is_taken_is_named_with_the_fix(variants_server):
    port = int(variants_server.rpartition(":")[2])
    problem = f"on 127.0.0.1:{port} .*--master-bind"
    with pytest.raises(ConfigurationError, match=problem), fleet(remote=1, port=port):
        pytest.fail("it is taken")


def test_worker_of_another_version_is_turned_away():
    def note(text: str) -> None:
        if "turned away" in text:
            raise InterruptedError(text)

    port = free_port()
    pretend = (
        "import headtohead, sys; headtohead.__version__ = '0.0.0';"
        "sys.argv = ['worker', '127.0.0.1', sys.argv[1]];"
        "from headtohead.load.generator.worker import main; main()"
    )
    with ExitStack() as stack:
        other = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", pretend, str(port)], stderr=subprocess.PIPE, text=True
            )
        )
        stack.callback(other.kill)
        reason = f"it has headtohead 0.0.0, the master {__version__}"
        with pytest.raises(InterruptedError, match=reason):
            stack.enter_context(fleet(remote=1, port=port, note=note))
        _, errors = other.communicate(timeout=LIMIT)
        assert other.returncode == 3
        assert "0.0.0" in errors


def test_request_that_does_not_come_back_is_missed(variants_server):
    port = free_port()
    losing = (
        "import sys; sys.argv = ['worker', '127.0.0.1', sys.argv[1]];"
        "from headtohead.load.generator import worker; kept = worker.NumberedBatch;"
        "worker.NumberedBatch = lambda *, total, **rest: kept(total=total and total + 1, **rest);"
        "worker.main()"
    )
    with ExitStack() as stack:
        other = stack.enter_context(subprocess.Popen([sys.executable, "-c", losing, str(port)]))
        stack.callback(other.kill)
        one = stack.enter_context(fleet(remote=1, port=port))
        taken(one, plan(variants_server))
        (caveat,) = fleet_caveats(one)
        assert (caveat.code, caveat.invalidates) == ("samples-missing", True)
        assert caveat.message.startswith("1 of ")
