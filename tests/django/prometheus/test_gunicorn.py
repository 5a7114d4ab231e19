import subprocess
import sys
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from headtohead.django.prometheus.gunicorn import child_exit, on_starting


def test_start_forgets_the_metrics_of_an_earlier_server(tmp_path, monkeypatch):
    directory = tmp_path / "prometheus"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(directory))
    on_starting(None)
    (directory / "counter_1.db").touch()
    (directory / "counter_2.db.unreadable").touch()
    on_starting(None)
    assert list(directory.iterdir()) == []


@pytest.mark.process
def test_workers_count_beside_each_other_and_what_one_that_ended_counted_is_kept(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    work = (
        "import os; from prometheus_client import Counter, Gauge; "
        "gauge = Gauge('busy', '', multiprocess_mode='livesum'); counter = Counter('served', ''); "
        "print(flush=True); input(); gauge.set(1); [counter.inc() for _ in range(1000)]"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    child_exit(None, workers[0])
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    assert registry.get_sample_value("served_total") == 2000
    assert registry.get_sample_value("busy") == 1


def test_without_multiprocess_mode_there_is_nothing_to_do(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    on_starting(None)
    child_exit(None, SimpleNamespace(pid=1))
