"""What commands print: on any terminal, in a pipe, and where nobody reads it."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from headtohead.records.run import write_record
from headtohead.services.running_server import RunningServer
from tests.cli.work import WORK
from tests.conftest import H2H
from tests.report.everything import everything

# Of a terminal that has nothing but ASCII, or whose user has asked for no more.
ASCII = {"PYTHONIOENCODING": "ascii"}
EXPERIMENTS = """
from headtohead.experiment import Experiment, Request, Variant
MADE = Experiment(
    name="odd", question="Is [bold]é\\x1b[2J\\udcff[/bold] :smile: shown?",
    request=Request(path="/odd/"), seam="shop.served",
    baseline=Variant(name="naive", selector="shop.served"),
    variants=(Variant(name="joined", selector="shop.joined"),),
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.headtohead]\nexperiments = 'odd_ones'\n")
    (tmp_path / "odd_ones").mkdir()
    (tmp_path / "odd_ones" / "__init__.py").touch()
    (tmp_path / "odd_ones" / "odd.py").write_text(EXPERIMENTS, encoding="utf-8")
    (tmp_path / "kept").mkdir()
    write_record(everything(), tmp_path / "kept")
    return tmp_path


@pytest.fixture
def start(project: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Gives a command to a process of its own, through a shell that says where its output goes."""

    def start(words: str, *, then: str = "", **environment: str):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        script = f'"$@" {words} {then}; exit "${{PIPESTATUS[0]}}"'
        return subprocess.run(
            ["bash", "-c", script, "bash", *H2H],
            cwd=project,
            env={**kept, "COLUMNS": "60", **environment},
            capture_output=True,
            check=False,
        )

    return start


@pytest.mark.process
@pytest.mark.parametrize("environment", [ASCII, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}])
def test_a_terminal_without_arrows_gets_stand_ins(environment, start):
    listed = start("list", **environment)
    assert (listed.returncode, listed.stderr) == (0, b"")
    flowing = b" ".join(listed.stdout.split())
    assert b"naive -> joined" in flowing
    assert rb"[bold]\xe9\x1b[2J" in flowing
    assert rb"\udcff[/bold]:smile:" in b"".join(listed.stdout.split())
    assert listed.stdout.isascii()


@pytest.mark.process
def test_whoever_has_chosen_an_encoding_keeps_it(start):
    listed = start("list", LC_ALL="C", PYTHONIOENCODING="utf-8")
    assert "naive → joined" in " ".join(listed.stdout.decode().split())
    assert listed.returncode == 0


@pytest.mark.process
def test_machines_get_the_same_in_any_encoding(start):
    listed = {each: start("list --json", PYTHONIOENCODING=each) for each in ("ascii", "utf-8")}
    ascii_only, full = (json.loads(each.stdout) for each in listed.values())
    assert listed["ascii"].stdout.isascii()
    assert ascii_only == full
    assert full["experiments"][0]["question"] == ("Is [bold]é\x1b[2J\udcff[/bold] :smile: shown?")


@pytest.mark.process
def test_a_page_refers_to_what_the_encoding_lacks(start):
    page = start("report kept --format html", **ASCII)
    assert (page.returncode, page.stderr) == (0, b"")
    assert b"&#8594;" in page.stdout
    assert rb"\u2192" not in page.stdout


@pytest.mark.process
def test_a_comment_for_people_gets_stand_ins(start):
    comment = start("report kept --format markdown", **ASCII)
    assert (comment.returncode, comment.stderr) == (0, b"")
    assert b"62 -> 3" in comment.stdout
    assert comment.stdout.isascii()


@pytest.mark.process
@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json"])
def test_a_reader_that_has_seen_enough_ends_nothing(form, start):
    ended = start(f"report kept --format {form}", then="| true")
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.process
def test_a_closed_pipe_leaves_the_exit_code_as_it_is(start):
    ended = start("nonsense", then="2>&1 | true")
    assert (ended.returncode, ended.stderr) == (2, b"")


@pytest.mark.process
def test_streams_that_are_closed_from_the_start_are_no_defect(start):
    ended = start("list", then=">&- 2>&-")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


@pytest.mark.process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("words", ["list", "list --json", "report kept --format html"])
def test_a_full_disk_behind_the_output_is_told_on_one_line(words, start):
    ended = start(words, then="> /dev/full")
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"h2h: what is written cannot be used (No space left on device)")
    assert ended.stderr.count(b"\n") == 1


@pytest.mark.process
def test_a_name_that_is_no_text_is_escaped(start):
    ended = start(r"report $'a\xff\e[31m\nb'")
    assert ended.returncode == 2
    assert ended.stderr.startswith(rb"h2h: no record of a run at a\udcff\x1b[31m b (")
    assert ended.stderr.count(b"\n") == 1


@pytest.mark.process
@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False),
    ],
)
def test_colours_in_a_pipe_are_those_that_were_asked_for(environment, coloured, start):
    told = start("report kept", **{"TERM": "xterm-256color", **environment})
    assert told.returncode == 0
    assert (b"\x1b[32m" in told.stdout or b"\x1b[1;32m" in told.stdout) is coloured


@pytest.mark.parametrize("width", ["60", "80", "100"])
@pytest.mark.parametrize("words", [each for each in WORK if each != "worker"])
def test_no_command_prints_past_the_end_of_a_line(words, width, command_line):
    """But for what is copied as a whole: SQL, and the line that says where something is kept."""
    work = WORK[words]
    for name, answer in {**work.beside, work.does: work.answer}.items():
        command_line.stand_in(name, answer)
    told = command_line.give(*words.split(), *work.needed, COLUMNS=width).completed
    lines = [
        line.rstrip()
        for line in told.stdout.splitlines()
        if not line.startswith(("Record ", "Page "))
    ]
    if words != "explain":
        assert [line for line in lines if len(line) > int(width)] == []
    assert "…" not in told.stdout, "something is cut"


@pytest.mark.parametrize("width", ["60", "80", "100"])
def test_addresses_and_logs_are_never_cut(width, command_line):
    server = RunningServer(
        name="Valkey",
        version="9.1.0",
        pid=1,
        address=f"/{'deep/' * 12}valkey.sock",
        log=command_line.folder / ".h2h" / "logs" / "valkey.log",
    )
    work = WORK["status"]
    command_line.stand_in(work.does, replace(work.answer, servers=(server,)))
    printed = command_line.give("status", COLUMNS=width).completed.stdout
    assert server.address in "".join(printed.split())
    assert ".h2h/logs/valkey.log" in printed
