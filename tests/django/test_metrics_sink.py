import os
import subprocess
import sys
from functools import partial

import pytest
from prometheus_client import REGISTRY

from headtohead.django.metrics_sink import Recorder
from headtohead.django.observation import Observation
from headtohead.django.prometheus.metrics import record
from tests.waiting import eventually

PATIENCE = 10.0  # seconds


@pytest.fixture
def served(request) -> partial[None]:
    """Adds a request of labels that nobody else uses."""
    return partial(record, ("none", "none", request.node.name), Observation(), 200, 0.001)


def count(served: partial[None]) -> float:
    labels = dict(zip(("experiment", "variant", "route"), served.args[0], strict=True))
    name = "headtohead_request_duration_seconds_count"
    return REGISTRY.get_sample_value(name, labels) or 0


def test_what_was_served_is_added_by_itself(served):
    recorder = Recorder()
    for expected in (1, 2):
        recorder.add(served)
        eventually(lambda: count(served) >= expected, patience=PATIENCE)  # noqa: B023 (at once)
        assert count(served) == expected


def test_whoever_asks_for_it_need_not_wait(served):
    recorder = Recorder()
    for _ in range(3):
        recorder.add(served)
    recorder.flush()
    assert count(served) == 3


# Django is not needed: this is what becomes of a process.
SERVE = """
import os, sys
from functools import partial
from prometheus_client import REGISTRY, generate_latest
from headtohead.django.prometheus.metrics import record
from headtohead.django.observation import Observation
from headtohead.django.metrics_sink import RECORDER

def serve():
    RECORDER.add(partial(record, ("none", "none", ""), Observation(), 200, 0.001))

def count():
    labels = {"experiment": "none", "variant": "none", "route": ""}
    name = "headtohead_request_duration_seconds_count"
    return REGISTRY.get_sample_value(name, labels) or 0
"""


def python(code: str, **environment: str) -> str:
    completed = subprocess.run(
        [sys.executable, "-c", SERVE + code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return completed.stdout


@pytest.mark.process
def test_a_process_that_ends_has_added_all_it_served(tmp_path):
    python("serve()", PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    told = python(
        """
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
""",
        PROMETHEUS_MULTIPROC_DIR=str(tmp_path),
    )
    assert "headtohead_request_duration_seconds_count" in told
    (line,) = [each for each in told.splitlines() if "seconds_count{" in each]
    assert line.endswith(" 1.0")


@pytest.mark.process
def test_a_forked_process_adds_its_own_requests_and_not_its_parents():
    code = """
serve()
if os.fork() == 0:
    serve()
    RECORDER.flush()
    print(count(), flush=True)
    os._exit(0)
os.wait()
"""
    assert python(code) == "1.0\n"
