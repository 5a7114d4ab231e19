"""How gunicorn serves the API. The address and WEB_CONCURRENCY workers are given when it starts."""

from pathlib import Path

from headtohead.django.prometheus.gunicorn import child_exit, on_starting

__all__ = ["child_exit", "on_starting"]

# Threads, as gunicorn's gthread, which slow clients do not keep from others.
worker_class = "app.config.worker.GatheringWorker"
threads = 4
# Longer than clients keep idle connections, so that no request meets one that is being closed.
keepalive = 75
# Heartbeats are written to a file; on a disk a slow write would look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (not a file name)
control_socket_disable = True
# Who may say by headers where the application lies: nobody does.
forwarder_headers = ""
