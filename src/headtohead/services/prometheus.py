"""The Prometheus of a stack: a program of the machine's own that scrapes the stack's servers."""

import http.client
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from headtohead.errors import StackError
from headtohead.host import ports
from headtohead.host.files import write_whole
from headtohead.services.running_server import RunningServer
from headtohead.services.server_process import ATTEMPTS, ServerProcess

# The project's API.
API_JOB = "api"
# Their job, apart from that of the API, whose own traffic its dashboard and alerts judge.
JOB = "beside"
FOLDER = "beside"
FILES = f"{FOLDER}/*.json"
NAME = "Prometheus"
PROGRAM = "prometheus"
# Every scrape takes a few milliseconds of the API's core, in which a measured request may wait.
SCRAPE_SECONDS = 5
# A run may last as long as a single scrape of the others; its own process has nothing to lose.
GENERATOR = "generator"
GENERATOR_SCRAPE_SECONDS = 1
_TIMEOUT = 5.0  # seconds
_EAGERLY = {
    "scrape_interval": f"{GENERATOR_SCRAPE_SECONDS}s",
    "scrape_timeout": f"{GENERATOR_SCRAPE_SECONDS}s",
}


@contextmanager
def announced(monitoring: Path, servers: Iterable[RunningServer]) -> Iterator[None]:
    """Have Prometheus scrape servers within the block, and miss none of them after it.

    Args:
        monitoring: Prometheus' working directory; where there is none, nobody watches.
        servers: Healthy servers that answer `/metrics`.
    """
    folder = monitoring / FOLDER
    if not folder.is_dir():
        yield
        return
    _forget_lost(folder)
    files = []
    try:
        for server in servers:
            file = folder / f"{server.pid}.json"
            files.append(file)
            group = {"targets": [server.address], "labels": {"server": server.name}}
            write_whole(json.dumps([group]), file, private=True)
        yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def _forget_lost(folder: Path) -> None:
    """Forget servers of a process that was killed before it could, or while it told of them."""
    for file in folder.glob("*.json*"):
        if not psutil.pid_exists(int(file.name.partition(".")[0])):
            file.unlink(missing_ok=True)


def program() -> Path:
    """Where Prometheus is.

    Raises:
        StackError: It is not on PATH.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        raise StackError(
            "there is no prometheus on PATH",
            fix="sudo apt-get install prometheus, or leave --prometheus out",
        )
    return Path(found)


@dataclass(frozen=True, kw_only=True)
class LocalPrometheus:
    """The Prometheus server of one stack.

    Attributes:
        directory: The stack's folder.
    """

    directory: Path

    @property
    def process(self) -> ServerProcess:
        """Its process; its folder holds its configuration and its data."""
        return ServerProcess(
            name=NAME,
            programs=(PROGRAM,),
            folder=self.directory / "monitoring",
            log=self.directory / "logs" / "prometheus.log",
            start_seconds=30.0,  # a log of an earlier start may have to be replayed
            stop_seconds=10.0,
        )

    @property
    def _config(self) -> Path:
        return self.process.folder / "prometheus.json"

    def ensure(
        self,
        *,
        jobs: Mapping[str, str],
        token: str,
        rules: Path,
        last_address: str | None,
        progress: Callable[[str], None],
    ) -> RunningServer:
        """This server, which is started unless it runs and scrapes just that.

        Args:
            jobs: Host and port to scrape, by the name of the job.
            token: Sent to the project's API and to servers beside it, which may ask for it.
            rules: Folder of recording and alert rules; it need not exist.
            last_address: Where it listened before, which it does again if it can.
            progress: Told that it is started.

        Raises:
            StackError: It cannot be started.
        """
        running = self.process.find()
        if len(running) == 1 and last_address and self._serves(last_address, jobs, token, rules):
            process, address = running[0], last_address
        else:
            progress("starting Prometheus")
            self.stop()
            process, address = self._start(jobs, token, rules, last_address)
        return RunningServer(
            name=NAME,
            pid=process.pid,
            address=address,
            log=self.process.log,
            version=_asked(address, "status/buildinfo", "version") or "unknown",
        )

    def stop(self) -> bool:
        """Stop this server; False when it does not run."""
        return self.process.stop()

    def _serves(self, address: str, jobs: Mapping[str, str], token: str, rules: Path) -> bool:
        wanted = configuration(jobs={**jobs, PROGRAM: address}, token=token, rules=rules)
        return (
            self._config.exists()
            and self._config.read_text(encoding="utf-8") == wanted
            and _asked(address, "status/buildinfo", "version") is not None
        )

    def _start(
        self, jobs: Mapping[str, str], token: str, rules: Path, last_address: str | None
    ) -> tuple[psutil.Process, str]:
        folder = self.process.folder
        folder.mkdir(mode=0o700, exist_ok=True)
        # It watches a folder only if that is there when it starts; what an earlier stack left in it
        # is no longer there.
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        (folder / FOLDER).mkdir(mode=0o700)
        for address in _addresses(last_address):
            wanted = configuration(jobs={**jobs, PROGRAM: address}, token=token, rules=rules)
            write_whole(wanted, self._config, private=True)
            started = self.process.start(
                [
                    program(),
                    f"--config.file={self._config.name}",
                    "--storage.tsdb.path=data",
                    f"--web.listen-address={address}",
                    "--log.level=warn",
                ],
                answer=partial(_targets, address),
                # It works beside what is measured, so it may not take all of the servers' cores.
                environment={**os.environ, "GOMAXPROCS": "1"},
            )
            if started:
                return started[0], address
        raise self.process.failure()


def _targets(address: str) -> Any:
    """What it scrapes, once it does.

    It looks for targets some seconds after it can be asked, and a run that begins now is to be
    scraped from its start.
    """
    return _asked(address, "targets", "activeTargets") or None


def configuration(*, jobs: Mapping[str, str], token: str, rules: Path) -> str:
    """Prometheus' configuration, in JSON, which its YAML includes."""
    authorised = {"authorization": {"credentials": token}}
    return json.dumps(
        {
            "global": {
                "scrape_interval": f"{SCRAPE_SECONDS}s",
                "scrape_timeout": f"{SCRAPE_SECONDS}s",
                "evaluation_interval": f"{SCRAPE_SECONDS}s",
            },
            "rule_files": [str(rules / "*.yml")],
            "scrape_configs": [
                {
                    "job_name": job,
                    "static_configs": [{"targets": [address]}],
                    **(_EAGERLY if job == GENERATOR else {}),
                    **(authorised if job == API_JOB else {}),
                }
                for job, address in jobs.items()
            ]
            + [{"job_name": JOB, "file_sd_configs": [{"files": [FILES]}], **authorised}],
        },
        indent=2,
    )


def _addresses(last_address: str | None) -> list[str]:
    """Where to try to listen: where clients know it already, then anywhere."""
    known = (
        [last_address]
        if last_address and ports.is_free(int(last_address.rpartition(":")[2]))
        else []
    )
    return known + [f"{ports.HOST}:{ports.free_port()}" for _ in range(ATTEMPTS)]


def _asked(address: str, path: str, field: str) -> Any:
    """What a Prometheus answers to a question; None as long as it cannot be asked."""
    connection = http.client.HTTPConnection(address, timeout=_TIMEOUT)
    try:
        connection.request("GET", f"/api/v1/{path}")
        response = connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            return None
        return json.load(response)["data"][field]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    finally:
        connection.close()
