import os
import subprocess
import sys

import pytest

from headtohead.host.cores import available_cores, generator_cores, server_cores, starting_on


@pytest.mark.parametrize(
    ("available", "generator", "servers"),
    [({0, 1}, {0}, {1}), ({2, 3, 5}, {2}, {3, 5}), ({4}, {4}, {4})],
)
def test_generator_and_servers_share_a_core_only_where_there_is_one(
    available, generator, servers, monkeypatch
):
    # tests/machine.py may have turned the order.
    monkeypatch.setattr("headtohead.host.cores.min", min, raising=False)
    assert generator_cores(frozenset(available)) == generator
    assert server_cores(frozenset(available)) == servers


@pytest.mark.process
def test_processes_keep_to_the_cores_they_were_started_on_and_we_to_ours():
    before = available_cores()
    question = "import os; print(sorted(os.sched_getaffinity(0)))"
    with starting_on(server_cores(before)):
        answer = subprocess.run(
            [sys.executable, "-c", question], capture_output=True, text=True, check=True
        )
    assert answer.stdout.strip() == str(sorted(server_cores(before)))
    assert os.sched_getaffinity(0) == before
