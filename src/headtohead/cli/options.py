"""The flags of all commands: each means the same wherever it appears."""

from pathlib import Path
from typing import Annotated, Any

import typer

from headtohead.config import help_of

# A verdict on two revisions needs as many (headtohead.analysis.launches, which is slow to import).
FEWEST_ROUNDS = 4


def _flag(name: str, *declarations: str, metavar: str | None = None) -> Any:
    return typer.Option(
        *(declarations or [f"--{name.replace('_', '-')}"]),
        help=help_of(name),
        metavar=metavar,
        show_default=False,
    )


Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[EXPERIMENT]...", help="Experiments by name; all when none is given."),
]
Base = Annotated[str, typer.Argument(metavar="BASE", help="A branch, tag or commit.")]
Head = Annotated[
    str | None,
    typer.Argument(metavar="[HEAD]", help="Another one; the working tree when none is given."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Url = Annotated[str | None, _flag("url")]
# Text, because 1e6 is no whole number to Typer.
Rows = Annotated[str | None, _flag("rows", metavar="<int>")]
Seed = Annotated[int | None, _flag("seed")]
Port = Annotated[int | None, _flag("port")]
ApiWorkers = Annotated[int | None, _flag("api_workers")]
Prometheus = Annotated[bool | None, _flag("prometheus", "--prometheus")]
Budget = Annotated[float | None, _flag("budget")]
Margin = Annotated[float | None, _flag("margin")]
Mode = Annotated[str | None, _flag("mode")]
Users = Annotated[str | None, _flag("users")]
Block = Annotated[float | None, _flag("block")]
Workers = Annotated[int | None, _flag("workers")]
RemoteWorkers = Annotated[int | None, _flag("remote_workers")]
MasterBind = Annotated[str | None, _flag("master_bind")]
WorkerWait = Annotated[float | None, _flag("worker_wait")]
Rate = Annotated[float | None, _flag("rate")]
Arrivals = Annotated[str | None, _flag("arrivals")]
EarlyStop = Annotated[bool | None, _flag("early_stop", "--early-stop/--no-early-stop")]
Control = Annotated[bool | None, _flag("control", "--control/--no-control")]
Explain = Annotated[bool | None, _flag("explain", "--explain/--no-explain")]
Publish = Annotated[bool | None, _flag("publish", "--publish/--no-publish")]
MetricsPort = Annotated[int | None, _flag("metrics_port")]
Background = Annotated[str | None, _flag("background")]
Results = Annotated[Path | None, _flag("results")]
