"""Every setting with its default and its help, once: [tool.headtohead] < environment < flags."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from headtohead.setting_values import Texts, UserCounts

TABLE = "[tool.headtohead]"
# Where Locust's workers look for their master.
MASTER_PORT = 5557
# A slip of the finger is not to fill the disk.
MOST_ROWS = 100_000_000


def _setting(
    text: str,
    *,
    default: Any,
    minimum: float | None = None,
    maximum: float = math.inf,
    choices: tuple[str, ...] = (),
    modes: tuple[str, ...] = (),
) -> Any:
    metadata = {
        "help": text,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "modes": modes,
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one command; `root` is the folder of the pyproject.toml they came from."""

    root: Path
    # What [tool.headtohead.gate] says; it is read where a gate is (headtohead.ci.gate.policy).
    gate: Mapping[str, Any] = field(default_factory=dict)
    # What [tool.headtohead.variables] says; it is read with the stack's settings.
    variables: Mapping[str, Any] = field(default_factory=dict)
    # What [tool.headtohead.login] says; it is read where revisions are compared
    # (headtohead.compare.login_settings). It may hold a password.
    login: Mapping[str, Any] = field(default_factory=dict, repr=False)
    experiments: str = _setting("Package that declares the experiments.", default="experiments")
    settings: str | None = _setting(
        "Settings module of the Django project; that of its manage.py where it is not named.",
        default=None,
    )
    wsgi: str | None = _setting(
        "WSGI application that is served; that of the settings where it is not named.",
        default=None,
    )
    asgi: str | None = _setting(
        "ASGI application that is served to variants which ask for it, and to all where it is "
        "named and `wsgi` is not; that of the settings where it is not named.",
        default=None,
    )
    gunicorn_config: str | None = _setting(
        "gunicorn's config file, from the project's root.", default=None
    )
    start: str | None = _setting(
        "Command that serves each revision in place of gunicorn, with {bind}, or {host} and "
        "{port}, for where it has to listen.",
        default=None,
    )
    health: str | None = _setting(
        "Path that answers 200 once the project can serve; any answer to / where it is not named.",
        default=None,
    )
    data: str | None = _setting(
        "Rows to compare revisions on: a SQLite file, a dump (.sql, .dump) or the URL of a "
        'PostgreSQL, which is copied and never changed; "settings" copies the database that the '
        "project's settings name.",
        default=None,
    )
    prepare: Texts = _setting(
        "Commands that make the rows to compare revisions on, such as manage.py loaddata demo; "
        "{rows} and {seed} stand for those settings.",
        default=Texts(),
    )
    headers: Texts = _setting(
        "Headers of every request when revisions are compared, as Name: value; a variable keeps "
        "secrets out of files and lists of processes.",
        default=Texts(),
    )
    reachable: Texts = _setting(
        "Servers, as host:port, that the project may contact while revisions are compared, beside "
        "those that h2h starts.",
        default=Texts(),
    )
    celery: str | None = _setting(
        "Celery application of the project, as `celery --app` takes it.", default=None
    )
    api_workers: int = _setting("gunicorn workers of the local API.", default=1, minimum=1)
    port: int = _setting("Port of the local API; 0 takes a free one.", default=0, minimum=0)
    prometheus: bool = _setting(
        "Start a Prometheus with the local API; it runs until `h2h down`.", default=False
    )
    rows: int = _setting(
        "Rows seeded when the database is empty.", default=2000, minimum=1, maximum=MOST_ROWS
    )
    seed: int = _setting("Seed of rows and coin flips.", default=1, minimum=0)
    budget: float = _setting(
        "Seconds to spend on each comparison at most.", default=20.0, minimum=0.1
    )
    mode: str = _setting(
        "What to measure: latency in request pairs, throughput in blocks of load, or response "
        "times in an open model, where requests arrive at a given rate.",
        default="latency",
        choices=("latency", "throughput", "open"),
    )
    users: UserCounts = _setting(
        "Users who send requests in throughput mode; a list such as 1,2,4,8 spends the "
        "budget on each number and finds the knee.",
        default=UserCounts(8),
        modes=("throughput",),
    )
    block: float = _setting(
        "Seconds of load on one variant before users are switched; short blocks cancel drift, "
        "but the slowest requests have to fit in.",
        default=0.5,
        minimum=0.25,
        maximum=10.0,
        modes=("throughput", "open"),
    )
    rate: float = _setting(
        "Requests a second that arrive at one variant at a time in the open model.",
        default=50.0,
        minimum=0.5,
        maximum=10_000.0,
        modes=("open",),
    )
    arrivals: str = _setting(
        "How arrivals are spaced: poisson (at random, like those of many users) or constant.",
        default="poisson",
        choices=("poisson", "constant"),
        modes=("open",),
    )
    workers: int = _setting(
        "Locust workers to start on this machine, which share the users; 0 leaves the load to a "
        "single process.",
        default=0,
        minimum=0,
        modes=("throughput",),
    )
    remote_workers: int = _setting(
        "Locust workers to wait for that `h2h worker` starts on other hosts.",
        default=0,
        minimum=0,
        modes=("throughput",),
    )
    master_bind: str = _setting(
        "Address of this machine, or ADDRESS:PORT, where the run waits for workers, which have to "
        "know its secret. Without a port it is 5557 for remote workers, otherwise a free one.",
        default="127.0.0.1",
        modes=("throughput",),
    )
    worker_wait: float = _setting(
        "Seconds to wait for workers.", default=120.0, minimum=1, modes=("throughput",)
    )
    margin: float = _setting(
        "Smallest effect that matters, as a fraction; 0.02 is 2 %.", default=0.02, minimum=0.0001
    )
    warm_up: int = _setting(
        "Requests to each variant before the first pair.", default=30, minimum=1
    )
    early_stop: bool = _setting(
        "Stop a comparison once its answer is clear; in latency mode only.",
        default=True,
        modes=("latency",),
    )
    control: bool = _setting(
        "Also compare the fastest experiment's baseline with itself.", default=False
    )
    explain: bool = _setting(
        "After measuring, explain every variant in the report: SQL, code and plans.",
        default=False,
    )
    dashboards: str = _setting("Package that draws the Grafana dashboards.", default="dashboards")
    publish: bool = _setting(
        "Also write the record into PostgreSQL tables after the run.", default=False
    )
    metrics_port: int = _setting(
        "Port where a run exports its metrics; 0 exports none, unless the local stack has a "
        "Prometheus, which chooses the port.",
        default=0,
        minimum=0,
        maximum=65_535,
    )
    metrics_host: str = _setting(
        "Address of this machine for those metrics; anyone who can reach it can read them.",
        default="127.0.0.1",
    )
    background: str | None = _setting(
        "Journey that background users take while experiments run: NAME or NAME:USERS.",
        default=None,
    )
    scenarios: str = _setting(
        "Package of journeys, one a module, that declare Locust users.",
        default="loadtests.scenarios",
    )
    snapshot: Path = _setting(
        "File that keeps the SQL of every variant, for `h2h check` to compare with.",
        default=Path("queries.json"),
    )
    python: str | None = _setting(
        "Python that runs the project; found when not named.", default=None
    )
    lock: Path = _setting(
        "File that pins the project's packages, where it is there, or else the first that is "
        "known; each revision gets an environment from its own.",
        default=Path("requirements.lock"),
    )
    copy: Texts = _setting(
        "Files that git ignores and a revision needs, as paths or patterns from the project's "
        "folder; they are copied to both sides of a comparison.",
        default=Texts(),
    )
    openapi: str = _setting(
        "Path of the project's OpenAPI document, as JSON.", default="/api/schema/?format=json"
    )
    benchmarks: Path = _setting(
        "Folder of the project's pytest-benchmark suites.", default=Path("benchmarks")
    )
    history: Path = _setting(
        "File that keeps effects against the anchor, commit by commit.",
        default=Path("history.jsonl"),
    )
    results: Path = _setting(
        "Folder that receives a folder for every run.", default=Path("results")
    )
    stack: Path = _setting("Folder of the local stack's data and logs.", default=Path(".h2h"))
    url: str | None = _setting(
        "Measure the API served here instead of the local stack's.", default=None
    )
    token: str = _setting("Measurement token of the API at --url.", default="")
    database_url: str | None = _setting(
        "PostgreSQL to use instead of the embedded one.", default=None
    )
    cache_url: str | None = _setting(
        "Valkey or Redis to use instead of the embedded one.", default=None
    )
    broker_url: str | None = _setting(
        "Valkey or Redis to use as Celery's broker instead of the embedded one.",
        default=None,
    )
    memcached_url: str | None = _setting(
        "memcached to use instead of one that is started, as host:port.",
        default=None,
    )

    @property
    def results_directory(self) -> Path:
        """Where runs are kept, as an absolute path."""
        return self.root / self.results

    @property
    def snapshot_path(self) -> Path:
        """Where the SQL of every variant is kept, as an absolute path."""
        return self.root / self.snapshot

    @property
    def history_path(self) -> Path:
        """Where effects are kept commit by commit, as an absolute path."""
        return self.root / self.history

    @property
    def stack_directory(self) -> Path:
        """Where the local stack lives, as an absolute path."""
        return self.root / self.stack

    @property
    def own_paths(self) -> tuple[Path, ...]:
        """What h2h writes into the project's folder, as absolute paths."""
        return (self.stack_directory, self.results_directory, self.history_path)


def help_of(name: str) -> str:
    """What a setting means, with its environment variable, for `--help`."""
    setting = next(each for each in declared_settings() if each.name == name)
    default = f"Default {setting.default}, or" if setting.default not in {None, "", ()} else "Or"
    return f"{setting.metadata['help']} {default} {variable_of(setting)}."


def declared_settings() -> Iterator[Field[Any]]:
    """The fields of `Config` that are settings."""
    return (each for each in fields(Config) if each.metadata)


def variable_of(setting: Field[Any]) -> str:
    """The environment variable of a setting."""
    return f"H2H_{setting.name.upper()}"
