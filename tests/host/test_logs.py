from pathlib import Path

import pytest

from headtohead.host.processes import rotate_log, telling_line

GUNICORN = """\
[2025-01-01 10:00:00 +0000] [11] [INFO] Starting gunicorn 27.0.1
[2025-01-01 10:00:00 +0000] [12] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "connect.py", line 1, in connect
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "settings.py", line 1, in <module>
    raise ImproperlyConfigured
django.core.exceptions.ImproperlyConfigured: set DATABASE_URL
[2025-01-01 10:00:00 +0000] [11] [ERROR] Worker (pid:12) exited with code 3.
[2025-01-01 10:00:00 +0000] [11] [ERROR] Reason: Worker failed to boot.
"""
POSTGRESQL = """\
2025-01-01 10:00:00.000 UTC [11] FATAL:  could not map anonymous shared memory
2025-01-01 10:00:00.000 UTC [11] HINT:  Reduce shared_buffers.
2025-01-01 10:00:00.000 UTC [11] LOG:  database system is shut down
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GUNICORN, "django.core.exceptions.ImproperlyConfigured: set DATABASE_URL"),
        (POSTGRESQL, "FATAL:  could not map anonymous shared memory"),
        ("Error: 'absent.py' doesn't exist\n\n", "Error: 'absent.py' doesn't exist"),
        ("one\ntwo\n", "two"),
        ("", "it printed nothing"),
    ],
)
def test_the_line_that_says_why(text: str, line: str) -> None:
    assert telling_line(text) == line


def test_the_previous_log_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    rotate_log(log)
    for text in ("first", "second", "third"):
        rotate_log(log)
        log.write_text(text)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "api.log": "third",
        "api.log.1": "second",
    }
