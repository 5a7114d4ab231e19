"""No command replaces what h2h did not write, whatever option leads it there."""

import re
import sys
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest

from benchmarks.validation.__main__ import application as validation
from headtohead.audit.record import is_audit
from headtohead.check.sql_snapshot import read_snapshot
from headtohead.ci.history import report
from headtohead.ci.history.history_file import append
from headtohead.ci.history.series import series_of
from headtohead.cli import app
from headtohead.config import Config
from headtohead.errors import HeadToHeadError
from headtohead.records.recording import run_directory
from headtohead.records.store import to_json
from headtohead.report import html
from headtohead.revisions import checked_out
from tests.audit.test_record import record as audited
from tests.ci.history.samples import entries, entry
from tests.conftest import ROOT
from tests.contracts.writers import NOW
from tests.stack.stacks import ignore
from tests.stack.test_folder import COMMANDS, settings_in

MINE = "mine\n"
# Options that name what is read, or the record of a run beside which its explanation is kept.
READ = {
    *(("report", "run"), ("explain", "run"), ("history", "add", "run"), ("compare", "parameters")),
    *(("history", name, "file") for name in ("show", "changes", "publish")),
}


def h2h(*arguments: str) -> Callable[[Path], object]:
    """A command that is given the user's file, or its folder, as its last argument."""
    return lambda path: app([*arguments, str(path)], standalone_mode=False)


def in_folder(*arguments: str) -> Callable[[Path], object]:
    return lambda path: h2h(*arguments)(path.parent)


# The user's file by its name, and what would replace it.
OPTIONS: dict[tuple[str, ...], tuple[str, Callable[[Path], object]]] = {
    ("audit", "output"): ("notes.json", h2h("audit", "--output")),
    ("gate", "output"): ("junit.xml", in_folder("gate", "HEAD", "--output")),
    ("history", "show", "page"): ("index.html", h2h("history", "show", "--page")),
    ("history", "add", "file"): ("notes.txt", lambda path: append([entry(1)], path)),
    ("run", "results"): ("latest", in_folder("run", "category-summary", "--results")),
    ("aa", "results"): ("latest", in_folder("aa", "category-summary", "--results")),
    ("compare", "results"): ("latest", in_folder("compare", "HEAD", "--results")),
    ("bench", "results"): ("latest-bench", in_folder("bench", "HEAD", "--results")),
}
VALIDATION: dict[str, tuple[str, Callable[[Path], object]]] = {
    "folder of a validation": (
        "power.svg",
        lambda path: validation(["--output", str(path.parent)], standalone_mode=False),
    )
}
SETTINGS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "folder of a gate": ("notes.txt", h2h("gate", "HEAD", "--output")),
    "snapshot": ("queries.json", read_snapshot),
    "results": (
        "latest-sweep",
        lambda path: run_directory(NOW, results=path.parent, latest=path.name).__enter__(),
    ),
    "stack of a comparison": (
        ".gitignore",
        lambda path: checked_out(
            *("HEAD", None),
            config=Config(root=ROOT, stack=path.parent),
            note=ignore,
            say=ignore,
        ).__enter__(),
    ),
    **{
        f"stack of {name}": (".gitignore", lambda path, act=act: act(settings_in(path.parent)))
        for name, act in COMMANDS.items()
    },
}


@pytest.fixture(autouse=True)
def _in_the_project_and_without_servers(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("_start", "stop"):
        monkeypatch.delattr(f"headtohead.stack.lifecycle.{name}")


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "act"),
    [
        pytest.param(*case, id=" ".join(each) if isinstance(each, tuple) else each)
        for each, case in {**OPTIONS, **SETTINGS, **VALIDATION}.items()
    ],
)
def test_a_file_of_the_users_is_refused_by_its_name_and_left_as_it_is(tmp_path, name, act):
    (tmp_path / name).write_text(MINE)
    place = tmp_path if name == ".gitignore" else tmp_path / name
    with pytest.raises(HeadToHeadError, match=f"{re.escape(str(place))} is"):
        act(tmp_path / name)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: MINE}


def test_a_file_that_h2h_wrote_is_replaced(tmp_path):
    page, audit = tmp_path / "index.html", tmp_path / "audit.json"
    page.write_text(html.render(report.page(series_of(entries([1.0])), damaged=())))
    audit.write_text(to_json(audited()))
    assert report.is_page(page)
    assert is_audit(audit)


def options(of: object = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every option of the command line that names a file or a folder."""
    for command in of.registered_commands:
        function = command.callback
        name = command.name or function.__name__
        # As Typer reads them: the flags of settings are in the signature alone.
        for option, parameter in signature(function, eval_str=True).parameters.items():
            kind = parameter.annotation
            if get_origin(kind) is Annotated:
                kind = get_args(kind)[0]
            if kind in {Path, Path | None}:
                yield (*path, name, option)
    for group in of.registered_groups:
        yield from options(group.typer_instance, (*path, group.name))


def test_every_option_that_names_a_file_is_among_them():
    assert {*options()} == READ | OPTIONS.keys()
