"""What does the work of each command, and what it answers instead of doing any."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from headtohead.bench.record import SCHEMA_VERSION, Bench
from headtohead.bench.verdicts import judged
from headtohead.check.outcome import Outcome
from headtohead.ci.history.history_file import History
from headtohead.config import Config
from headtohead.records.provenance import ComparedRevision
from headtohead.stack.settings import stack_settings
from headtohead.stack.state import RunningStack
from headtohead.stack.target import Target
from tests.audit.test_record import record as audit_record
from tests.ci.gate import samples as gates
from tests.ci.history.samples import entry
from tests.cli.commands import RUN
from tests.explaining import explained
from tests.init import samples as surveys
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
    alpha=0.005,
    benchmarks=judged([{"test_it": 1.0}] * 4, [{"test_it": 1.0}] * 4, margin=0.02)[0],
    left_out=(),
)
EXPLAINED, SWEEP = explained(), sweep()
SURVEY = surveys.survey(surveys.FOUND, surveys.ADVISED)
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
    "headtohead.stack.target.open_target": nullcontext(TARGET),
    "headtohead.cli.run_commands.explain_run": None,
    "headtohead.publish.publish_runs.open_target": nullcontext(TARGET),
    "headtohead.publish.publish_runs.database_url": "postgresql://it",
    "headtohead.publish.publish_runs.publish": None,
}
_READS_HISTORY = {
    "headtohead.ci.history.history_file.read_history": History(entries=ENTRIES, damaged=()),
}
WORK: Mapping[str, Work] = {
    "run": Work(
        does="headtohead.run.run_experiments.run",
        answer=(RUN, FOLDER),
        beside=_AFTER_A_RUN,
        record=RUN,
    ),
    "aa": Work(
        does="headtohead.run.run_experiments.run",
        answer=(RUN, FOLDER),
        beside=_AFTER_A_RUN,
        mode="latency",
        record=RUN,
    ),
    "report": Work(
        does="headtohead.cli.run_commands.read_record", answer=RUN, needed=("kept",), record=RUN
    ),
    "list": Work(
        does="headtohead.stack.lifecycle.status",
        answer=STACK,
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "check": Work(does="headtohead.check.check_experiments.check", answer=Outcome(preflights={})),
    "audit": Work(does="headtohead.audit.audit_experiments.audit", answer=AUDIT, record=AUDIT),
    "explain": Work(
        does="headtohead.explain.explain_experiments.explain",
        answer=EXPLAINED,
        record=EXPLAINED,
        beside={"headtohead.explain.explain_experiments.keep_apart": FOLDER},
    ),
    "sweep": Work(
        does="headtohead.sweep.sweep_sizes.sweep",
        answer=(SWEEP, FOLDER),
        record=SWEEP,
        needed=("first",),
        mode="latency",
    ),
    "init": Work(
        does="headtohead.init.survey.survey",
        answer=SURVEY,
        # As in a project without a configuration.
        beside={"headtohead.init.write_configuration.configured_in": ""},
        record=SURVEY,
    ),
    "compare": Work(
        does="headtohead.compare.compare_revisions.compare",
        answer=(RUN, FOLDER),
        beside={"headtohead.compare.openapi.operations_at": (["/found/"], ["untimed"])},
        mode="latency",
        record=RUN,
    ),
    "bench": Work(
        does="headtohead.bench.compare_benchmarks.bench",
        answer=(BENCH, FOLDER),
        record=BENCH,
        needed=("main",),
        beside={"headtohead.bench.instructions.can_count": True},
    ),
    "gate": Work(
        does="headtohead.ci.gate.gate_working_tree.gate",
        answer=(gates.gate(gates.PASSED), RUN),
        needed=("main",),
        mode="latency",
    ),
    "history add": Work(
        does="headtohead.ci.history.adding.add",
        answer=ENTRIES,
        needed=("kept",),
        sees=itemgetter("root"),
        means=lambda config: config.root,
    ),
    "history show": Work(
        does="headtohead.ci.history.series.series_of", answer=(), beside=_READS_HISTORY
    ),
    "history changes": Work(
        does="headtohead.ci.history.series.series_of", answer=(), beside=_READS_HISTORY
    ),
    "history publish": Work(
        does="headtohead.ci.history.publishing.publish",
        beside={
            **_READS_HISTORY,
            "headtohead.publish.publish_runs.database_url": "postgresql://it",
        },
    ),
    "up": Work(
        does="headtohead.stack.lifecycle.up",
        answer=STACK,
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "status": Work(
        does="headtohead.stack.lifecycle.status",
        answer=STACK,
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "down": Work(
        does="headtohead.stack.lifecycle.down",
        answer=("API",),
        sees=itemgetter("settings"),
        means=stack_settings,
    ),
    "seed": Work(
        does="headtohead.stack.lifecycle.seed",
        answer="40 products\n",
        beside={"headtohead.cli.stack_commands.open_target": nullcontext(TARGET)},
        sees=itemgetter("settings", "rows", "seed"),
        means=lambda config: (stack_settings(config), config.rows, config.seed),
    ),
    "publish": Work(
        does="headtohead.publish.publish_runs.publish",
        needed=("kept",),
        beside={"headtohead.publish.publish_runs.database_url": "postgresql://it"},
    ),
    "dashboards build": Work(
        does="headtohead.cli.dashboards_command._rendered",
        answer=(Path(), {"a.json": "{}"}),
    ),
    "worker": Work(does="headtohead.cli.worker_command.os.execv", needed=("--master", "10.0.0.1")),
}
# What is imported while something stands in for a function would keep the stand-in.
for _work in WORK.values():
    for _name in (_work.does, *_work.beside):
        resolve_name(_name)
