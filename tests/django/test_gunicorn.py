import subprocess
import sys
from types import SimpleNamespace

from headtohead.django.gunicorn import child_exit, on_starting


def test_start_forgets_the_metrics_of_an_earlier_server(tmp_path, monkeypatch):
    directory = tmp_path / "prometheus"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(directory))
    on_starting(None)
    (directory / "counter_1.db").touch()
    on_starting(None)
    assert list(directory.iterdir()) == []


def test_live_gauges_of_a_dead_worker_are_dropped_and_its_counts_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    worker = (
        "import os; from prometheus_client import Counter, Gauge; "
        "Counter('served', '').inc(); "
        "Gauge('busy', '', multiprocess_mode='livesum').set(1); print(os.getpid())"
    )
    completed = subprocess.run(
        [sys.executable, "-c", worker], capture_output=True, text=True, check=True
    )
    process_id = int(completed.stdout)
    child_exit(None, SimpleNamespace(pid=process_id))
    assert [path.name for path in tmp_path.iterdir()] == [f"counter_{process_id}.db"]


def test_without_multiprocess_mode_there_is_nothing_to_do(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    on_starting(None)
    child_exit(None, SimpleNamespace(pid=1))
