"""What writes files that somebody reads later, in its own way or with secrets in them.

Whoever does no more than call `headtohead.host.files.write_whole` need not be here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import psutil
from pytest import MonkeyPatch  # noqa: PT013 (for a block, not a test)

from benchmarks import storing
from benchmarks.validation.folder import TrialFolder
from benchmarks.validation.output import write_outputs
from headtohead.check.sql_snapshot import Snapshot, write_snapshot
from headtohead.ci.gate.write_files import write_gate
from headtohead.ci.history.history_file import append, decode
from headtohead.cli.gate_command import add_to_summary
from headtohead.cli.reports import explain_run, write_reports
from headtohead.host.files import write_whole
from headtohead.init.write_configuration import write_configuration
from headtohead.modes.latency.pair_tally import write_pairs
from headtohead.records.explained import Explained, read_explained
from headtohead.records.recording import run_directory
from headtohead.records.run import Run, read_record, write_record
from headtohead.revisions.environments import environment_for
from headtohead.revisions.interpreters import FoundInterpreter, InterpreterFacts
from headtohead.services.databases.postgresql_cluster import create_cluster
from headtohead.services.prometheus import FOLDER, LocalPrometheus, announced
from headtohead.services.running_server import RunningServer
from headtohead.services.valkey import EmbeddedValkey
from headtohead.stack.settings import StackSettings
from headtohead.stack.state import RunningStack, State, locked, read_state, write_state
from tests.benchmarks.validation.factories import trace
from tests.ci.gate.samples import SLOWER, gate
from tests.ci.history.samples import entry
from tests.conftest import ROOT
from tests.explaining import explained
from tests.report import samples
from tests.run.factories import pair
from tests.stack.stacks import ignore

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
# What a reader sees in a folder; a name may also mean several files that belong together.
Seen = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Something that writes.

    Attributes:
        write: Writes its files into a folder, in that version.
        read: What a reader sees there.
        replaces: Whether it may find older files of its own.
        meets: Whether two processes may write at once.
        private: Whether nobody else may read them.
        gap: Whether older files may be gone before the new ones are there.
        forgets: Whether what is older goes, rather than being added to or replaced.
    """

    write: Callable[[Path, int], object]
    read: Callable[[Path], Seen]
    replaces: bool = True
    meets: bool = False
    private: bool = False
    gap: bool = False
    forgets: bool = False


def texts(*names: str) -> Callable[[Path], Seen]:
    """A reader of files, each by itself."""
    return lambda folder: {
        name: (folder / name).read_text(encoding="utf-8")
        for name in names
        if (folder / name).exists()
    }


def together(mark: str, *others: str) -> Callable[[Path], Seen]:
    """A reader of files that are of the same time where one of them is there."""
    read = texts(mark, *others)
    return lambda folder: {"all": read(folder)} if (folder / mark).exists() else {}


def _run(folder: Path, version: int) -> None:
    record = replace(samples.run(), seconds=version)
    with MonkeyPatch.context() as patch, run_directory(NOW, results=folder) as (_, directory):
        patch.setattr("headtohead.report.run_page.page", _report)
        patch.setattr("headtohead.report.html.render", str)
        write_pairs(directory / "pairs" / "e.csv", [pair()] * version, variants=["one"])
        write_reports(record, directory)
        write_record(record, directory)


def _report(record: Run, *, explained: Explained | None) -> str:
    return f"report of {record.seconds:.0f}, {explained and explained.rows}"


def _runs(folder: Path) -> Seen:
    def version(directory: Path) -> int:
        seconds = int(read_record(directory).seconds)
        assert (directory / "report.html").read_text() == f"report of {seconds}, None"
        assert len((directory / "pairs" / "e.csv").read_text().splitlines()) == 1 + seconds
        return seconds

    latest = folder / "latest"
    found = [version(each) for each in folder.glob("2*")]
    return dict.fromkeys(map(str, found), True) | (
        {"latest": version(latest)} if latest.is_symlink() else {}
    )


def _explain(folder: Path, version: int) -> None:
    with MonkeyPatch.context() as patch:
        found = explained(rows=version)
        patch.setattr("headtohead.explain.explain_experiments.explain", lambda *_, **__: found)
        patch.setattr("headtohead.report.run_page.page", _report)
        patch.setattr("headtohead.report.html.render", str)
        explain_run(samples.run(), folder, experiments=[], config=None, note=ignore)


def _explanation(folder: Path) -> Seen:
    return {"explain": read_explained(folder), **texts("report.html", "report.md")(folder)}


def _gate(folder: Path, version: int) -> None:
    slower = replace(SLOWER, message=f"slower {version}", subject=f"list-{version}")
    write_gate(replace(gate(slower), base=f"v{version}"), samples.run(), folder)


def _summary(folder: Path, version: int) -> None:
    add_to_summary(f"page {version}\n" * 2, folder / "summary.md")


def _summaries(folder: Path) -> Seen:
    text = (folder / "summary.md").read_text() if (folder / "summary.md").exists() else ""
    return {f"{n}": True for n in range(4) if f"page {n}\npage {n}\n" in text}


def _history(folder: Path, version: int) -> None:
    # One that others add, too, in the middle, where a write that is cut ends.
    numbers = (version, 10 if version > 1 else 11, 20 + version)
    append(map(entry, numbers), folder / "history.jsonl")


def _lines(folder: Path) -> Seen:
    """How many lines there are of each run."""
    path = folder / "history.jsonl"
    found: Counter[str] = Counter()
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(ValueError):
            found[decode(line).run_id] += 1
    return found


def _configuration(folder: Path, version: int) -> None:
    write_configuration(f"# {version}\n", folder / "pyproject.toml")


def _snapshot(folder: Path, version: int) -> None:
    write_snapshot(Snapshot(rows=version, seed=1, experiments={}), folder / "queries.json")


def _trials(folder: Path, version: int) -> None:
    TrialFolder(folder).write(trace(pairs=10, started_at=float(version)))


def _taken(folder: Path) -> Seen:
    return {each.scenario: each.started_at for each in TrialFolder(folder).traces()}


def _server(version: int) -> RunningServer:
    return RunningServer(
        name="API", pid=version, address=f"127.0.0.1:{version}", log=None, version=""
    )


def _state(folder: Path, version: int) -> None:
    launch = StackSettings(
        root=Path("/project"),
        directory=Path(),
        settings_module="shop.settings",
        wsgi="shop.wsgi:application",
        asgi="shop.asgi:application",
        gunicorn_config=None,
    )
    stack = RunningStack(
        api_url="",
        database_url="",
        cache_url="",
        token="secret",
        rows=version,
        servers=(_server(version),),
        broker_url="",
        memcached_url="",
        directory=Path("/project/.h2h"),
    )
    state = State(stack=stack, launch=launch, created={}, secrets={"KEY": "one"})
    write_state(state, folder)


def _served(folder: Path) -> Seen:
    return {"state": state} if (state := read_state(folder)) else {}


def _hold(folder: Path, version: int) -> None:
    with locked(folder / "stack", progress=ignore):
        pass


def _valkey(folder: Path, version: int) -> None:
    with MonkeyPatch.context() as patch:
        (folder / "logs").mkdir(exist_ok=True)
        patch.setattr("headtohead.services.valkey._config", lambda **_: f"version {version}\n")
        patch.setattr("headtohead.services.valkey._answer", lambda _: ("Valkey", "9"))
        patch.setattr("headtohead.host.processes.spawn", lambda *_, **__: psutil.Process())
        EmbeddedValkey(directory=folder)._start()


def _prometheus(folder: Path, version: int) -> None:
    with MonkeyPatch.context() as patch:
        (folder / "logs").mkdir(exist_ok=True)
        patch.setattr("headtohead.services.prometheus.program", lambda: Path("prometheus"))
        patch.setattr("headtohead.services.prometheus._addresses", lambda _: ["127.0.0.1:1"])
        patch.setattr("headtohead.services.prometheus._targets", lambda _: [])
        patch.setattr("headtohead.host.processes.spawn", lambda *_, **__: psutil.Process())
        prometheus = LocalPrometheus(directory=folder)
        prometheus._start({"api": f"127.0.0.1:{version}"}, "token", Path("/rules"), None)


def _targets(folder: Path, version: int) -> None:
    (folder / FOLDER).mkdir(exist_ok=True)
    with MonkeyPatch.context() as patch:
        patch.setattr("psutil.pid_exists", lambda pid: pid == version)
        _UP.enter_context(announced(folder, [_server(version)]))


_UP = ExitStack()  # servers that are not gone when the test looks


def _cluster(folder: Path, version: int) -> None:
    def initdb(command: Sequence[object], **_: object) -> CompletedProcess[str]:
        data = Path(str(command[2]))
        for name in ("PG_VERSION", "pg_control"):
            write_whole("18\n", data / name)
        return CompletedProcess(command, 0, stdout="")

    if not (folder / "postgres").exists():
        with MonkeyPatch.context() as patch:
            patch.setattr("headtohead.services.databases.postgresql_cluster.subprocess.run", initdb)
            create_cluster(folder / "postgres", initdb=Path("initdb"), account=None)


def _environment(folder: Path, version: int) -> None:
    def run_uv(*command: str | Path, cwd: Path, **_: object) -> str:
        made = next(Path(each) for each in command if str(each).startswith(f"{folder}/"))
        environment = made if command[0] == "venv" else made.parents[1]
        if made == environment:
            environment.mkdir()
        (environment / str(command[0])).touch()
        return ""

    def facts_of(python: Path, **_: object) -> InterpreterFacts:
        return InterpreterFacts(
            python="3.11.7",
            build="3.11.7",
            implementation="CPython",
            django=None,
            distributions={},
            folders=(),
            renamed=(),
        )

    with MonkeyPatch.context() as patch:
        for module in ("environments", "environment_recipe"):
            patch.setattr(f"headtohead.revisions.{module}.facts_of", facts_of)
        patch.setattr("headtohead.revisions.environment_recipe.run_uv", run_uv)
        patch.setattr("headtohead.revisions.environments.pins_everything", lambda _: True)
        environment_for(
            ROOT,
            like=folder,
            interpreter=FoundInterpreter(path=Path("python"), how=".venv"),
            facts=facts_of(Path("python")),
            lock=Path("requirements.lock"),
            directory=folder / "environments",
            note=ignore,
        )


def _packages(folder: Path) -> Seen:
    found = [stamp.parent for stamp in folder.glob("environments/*/complete")]
    return {"complete": sorted(path.name for path in found[0].iterdir())} if found else {}


def _record(folder: Path, version: int) -> None:
    storing.write_record(_server(version), folder)


def _validation(folder: Path, version: int) -> None:
    with MonkeyPatch.context() as patch:
        for name in ("plots.false_alarm_plot", "plots.power_plot", "markdown.render", "to_json"):
            patch.setattr(f"benchmarks.validation.output.{name}", lambda _: f"version {version}")
        write_outputs(None, folder)


WRITERS = {
    "run": Writer(write=_run, read=_runs, meets=True),
    "explanation of a run": Writer(write=_explain, read=_explanation, meets=True),
    "gate": Writer(
        write=_gate,
        read=together(
            *("gate.json", "comment.md", "junit.xml", "code-quality.json", "metrics.txt")
        ),
        gap=True,
        meets=True,
    ),
    "summary of a job": Writer(write=_summary, read=_summaries, meets=True),
    "configuration of a project": Writer(write=_configuration, read=texts("pyproject.toml")),
    "history": Writer(write=_history, read=_lines, meets=True),
    "snapshot of SQL": Writer(write=_snapshot, read=texts("queries.json"), meets=True),
    "trials": Writer(write=_trials, read=_taken),
    "validation": Writer(
        write=_validation,
        read=together("validation.json", "validation.md", "false-alarms.svg", "power.svg"),
        gap=True,
    ),
    "record of a benchmark": Writer(write=_record, read=texts("record.json")),
    "environment of a revision": Writer(
        write=_environment, read=_packages, replaces=False, meets=True
    ),
    "state of a stack": Writer(write=_state, read=_served, private=True),
    "folder of a stack": Writer(
        write=_hold, read=texts("stack/.gitignore"), replaces=False, meets=True
    ),
    "configuration of Valkey": Writer(
        write=_valkey, read=texts("valkey/valkey.conf"), private=True
    ),
    "configuration of Prometheus": Writer(
        write=_prometheus, read=texts("monitoring/prometheus.json"), private=True
    ),
    "targets of Prometheus": Writer(
        write=_targets,
        read=texts(*(f"{FOLDER}/{pid}.json" for pid in (1, 2, 3))),
        private=True,
        forgets=True,
    ),
    "cluster of PostgreSQL": Writer(
        write=_cluster,
        read=texts("postgres/PG_VERSION", "postgres/pg_control"),
        replaces=False,
    ),
}
