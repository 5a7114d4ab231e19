"""What does the work of each command, and what it answers instead of doing any."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from headtohead.bench.judging import judged
from headtohead.bench.record import SCHEMA_VERSION, Bench
from headtohead.check.outcome import Outcome
from headtohead.config import Config
from headtohead.history.file import History
from headtohead.measurement import ComparedRevision
from headtohead.run.target import Target, stack_settings
from headtohead.stack import RunningStack
from headtohead.validate.record import read_validation
from tests.auditing.test_record import record as audit_record
from tests.cli.commands import RUN
from tests.conftest import ROOT
from tests.explaining import explained
from tests.gate import samples as gates
from tests.history.samples import entry
from tests.sweep.factories import sweep

AUDIT = replace(audit_record(), variants=audit_record().variants[1:])
BENCH = Bench(
    schema=SCHEMA_VERSION,
    run_id=RUN.run_id,
    started_at=RUN.started_at,
    seconds=RUN.seconds,
    git=RUN.git,
    environment=RUN.environment,
    base=ComparedRevision(name="main", commit="a" * 40, changed=False),
    head=ComparedRevision(name="the working tree", commit="b" * 40, changed=True),
    rounds=4,
    error_rate=0.005,
    benchmarks=judged([{"test_it": 1.0}] * 4, [{"test_it": 1.0}] * 4, margin=0.02)[0],
    left_out=(),
)
EXPLAINED, SWEEP = explained(), sweep()
ENTRIES = (entry(0), entry(1, subject="order-list"))
STACK = RunningStack(
    api_url="http://127.0.0.1:9",
    database_url="postgresql://127.0.0.1:9/shop",
    cache_url="redis://127.0.0.1:9/0",
    token="secret",
    rows=300,
    servers=(),
    broker_url="",
    memcached_url="",
    directory=Path(".h2h"),
)
TARGET = Target(base_url="http://127.0.0.1:9", token="secret", rows=300, servers={})
FOLDER = Path("results") / RUN.run_id


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a command is to be given, and what then works for it.

    Attributes:
        does: Dotted name of the function that does the work.
        answer: What it returns.
        needed: Arguments without which there is nothing to do.
        beside: What else returns something at once, by dotted name.
        sees: What of its arguments follows from the settings.
        means: What that should be.
        mode: The mode that holds whatever the settings say; empty where they decide.
        record: What `--json` prints as it is; None where it prints something else.
    """

    does: str
    answer: Any = None
    needed: tuple[str, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)
    sees: Callable[[dict[str, Any]], Any] = itemgetter("config")
    means: Callable[[Config], Any] = lambda config: config
    mode: str = ""
    record: Any = None


_AFTER_A_RUN = {
    "headtohead.run.target.open_target": nullcontext(TARGET),
    "headtohead.cli.run_commands.explain_run": None,
    "headtohead.publish.session.open_target": nullcontext(TARGET),
    "headtohead.publish.session.database_url": "postgresql://it",
    "headtohead.publish.session.publish": None,
}
_READS_HISTORY = {
    "headtohead.history.file.read_history": History(entries=ENTRIES, damaged=()),
}
WORK: Mapping[str, Work] = {
    "run": Work(
        does="headtohead.run.session.run",
        answer=(RUN, FOLDER),
        beside=_AFTER_A_RUN,
        record=RUN,
    ),
    "aa": Work(
        does="headtohead.run.session.run",
        answer=(RUN, FOLDER),
        beside=_AFTER_A_RUN,
        mode="latency",
        record=RUN,
    ),
    "report": Work(
        does="headtohead.cli.run_commands.read_record", answer=RUN, needed=("kept",), record=RUN
    ),
    "list": Work(
        does="headtohead.stack.status",
        answer=STACK,
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "check": Work(does="headtohead.check.session.check", answer=Outcome(preflights={})),
    "audit": Work(does="headtohead.auditing.session.audit", answer=AUDIT, record=AUDIT),
    "explain": Work(
        does="headtohead.explain.session.explain",
        answer=EXPLAINED,
        record=EXPLAINED,
        beside={"headtohead.explain.session.keep_apart": FOLDER},
    ),
    "sweep": Work(
        does="headtohead.sweep.session.sweep",
        answer=(SWEEP, FOLDER),
        record=SWEEP,
        needed=("first",),
        mode="latency",
    ),
    "compare": Work(
        does="headtohead.compare.session.compare",
        answer=(RUN, FOLDER),
        needed=("main",),
        beside={"headtohead.compare.operations.operations_at": (["/found/"], ["untimed"])},
        mode="latency",
        record=RUN,
    ),
    "bench": Work(
        does="headtohead.bench.session.bench",
        answer=(BENCH, FOLDER),
        record=BENCH,
        needed=("main",),
        beside={"headtohead.bench.instructions.can_count": True},
    ),
    "gate": Work(
        does="headtohead.gate.session.gate",
        answer=(gates.gate(gates.PASSED), RUN),
        needed=("main",),
        mode="latency",
    ),
    "history add": Work(
        does="headtohead.history.adding.add",
        answer=ENTRIES,
        needed=("kept",),
        sees=itemgetter("root"),
        means=lambda config: config.root,
    ),
    "history show": Work(
        does="headtohead.history.series.series_of", answer=(), beside=_READS_HISTORY
    ),
    "history changes": Work(
        does="headtohead.history.series.series_of", answer=(), beside=_READS_HISTORY
    ),
    "history publish": Work(
        does="headtohead.history.publishing.publish",
        beside={**_READS_HISTORY, "headtohead.publish.session.database_url": "postgresql://it"},
    ),
    "up": Work(
        does="headtohead.stack.up", answer=STACK, sees=itemgetter("settings"), means=stack_settings
    ),
    "status": Work(
        does="headtohead.stack.status",
        answer=STACK,
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "down": Work(
        does="headtohead.stack.down",
        answer=("API",),
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "seed": Work(
        does="headtohead.stack.seed",
        answer="40 products\n",
        beside={"headtohead.cli.stack_commands.open_target": nullcontext(TARGET)},
        sees=itemgetter("settings", "rows", "seed"),
        means=lambda config: (stack_settings(config), config.rows, config.seed),
    ),
    "publish": Work(
        does="headtohead.publish.session.publish",
        needed=("kept",),
        beside={"headtohead.publish.session.database_url": "postgresql://it"},
    ),
    "dashboards build": Work(
        does="headtohead.cli.dashboards_command._rendered",
        answer=(Path(), {"a.json": "{}"}),
    ),
    "validate": Work(
        does="headtohead.validate.session.validate",
        answer=read_validation(ROOT / "docs" / "validation"),
        needed=("--experiment", "first"),
        beside={
            "headtohead.validate.output.write_outputs": None,
            # Tables of thousands of trials take a while.
            "headtohead.validate.terminal.render": None,
        },
    ),
    "worker": Work(does="headtohead.cli.worker_command.os.execv", needed=("--master", "10.0.0.1")),
}
# What is imported while something stands in for a function would keep the stand-in.
for _work in WORK.values():
    for _name in (_work.does, *_work.beside):
        resolve_name(_name)
