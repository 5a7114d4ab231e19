import subprocess
import sys
import time

import psutil
import pytest

from benchmarks.validation.noisy_neighbour import beside
from benchmarks.validation.scenarios import Neighbour

pytestmark = pytest.mark.load


@pytest.mark.parametrize("neighbour", [Neighbour.BUSY, Neighbour.BURSTY])
def test_neighbour_burns_and_is_gone_after_an_error(neighbour):
    with pytest.raises(RuntimeError), beside(neighbour, seed=1) as process_id:
        process = psutil.Process(process_id)
        started = process.cpu_times().user
        while process.cpu_times().user <= started:
            time.sleep(0.01)
        raise RuntimeError
    assert not psutil.pid_exists(process_id)


def test_no_neighbour_starts_no_process():
    with beside(Neighbour.NONE, seed=1) as process_id:
        assert process_id is None


def test_neighbour_ends_by_itself_when_whoever_started_it_is_killed():
    script = (
        "import time\n"
        "from benchmarks.validation.noisy_neighbour import beside\n"
        "from benchmarks.validation.scenarios import Neighbour\n"
        "with beside(Neighbour.BUSY, seed=1) as process_id:\n"
        "    print(process_id, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    neighbour = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    assert neighbour.wait(timeout=30) is None
