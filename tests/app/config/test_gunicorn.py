import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKER = "app.config.worker.GatheringWorker"


def configuration(**environment: str) -> dict[str, str]:
    """What gunicorn makes of the file, with the application loaded."""
    run = subprocess.run(
        [
            *(sys.executable, "-m", "gunicorn", "--print-config"),
            *("--config", "app/config/gunicorn.py", "app.config.wsgi:application"),
        ],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "app.config.settings"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.partition("=") for line in run.stdout.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


@pytest.mark.parametrize(("given", "workers"), [({}, "1"), ({"WEB_CONCURRENCY": "3"}, "3")])
def test_workers_come_from_the_environment(given: dict[str, str], workers: str) -> None:
    assert configuration(**given)["workers"] == workers


def test_threads_serve_requests_and_metrics_of_dead_workers_are_dropped() -> None:
    found = configuration()
    assert (found["worker_class"], found["threads"]) == (WORKER, "4")
    assert "child_exit" in found["child_exit"]
    assert (found["accesslog"], found["control_socket_disable"]) == ("None", "True")
