"""What no linter knows of the workflows, the action and GitLab's pipeline."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from headtohead.cli import app

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
GITLAB = ROOT / ".gitlab-ci.yml"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PATHS = [*WORKFLOWS, ACTION, GITLAB]


def jobs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path == ACTION:
        yield "action", content["runs"]
    else:
        yield from content.get("jobs", content).items()


def scripts(path: Path) -> list[str]:
    if path == GITLAB:
        found = [job for _, job in jobs(path) if isinstance(job, dict)]
        return ["\n".join([*job.get("before_script", []), *job.get("script", [])]) for job in found]
    return [step["run"] for _, job in jobs(path) for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_may_write_runs_no_code_of_a_pull_request(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 takes `on` for true.
    triggers = set(content[True])
    for _, job in jobs(path):
        if "write" not in job.get("permissions", {}).values():
            continue
        assert not triggers & {"pull_request", "pull_request_target"}
        for step in job["steps"]:
            # The default branch's scripts, and nothing that installs or runs the project.
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["sparse-checkout"] == ".github/scripts"
                if "workflow_run" in triggers:
                    assert "default_branch" in step["with"]["ref"]
            command = step.get("run", ".github/scripts/")
            assert command.removeprefix("python3 ").startswith(".github/scripts/")


def test_every_job_of_github_ends_in_time() -> None:
    for path in WORKFLOWS:
        for name, job in jobs(path):
            assert job["timeout-minutes"] <= (240 if path.stem == "nightly" else 30), name


def test_the_release_beside_a_pinned_commit_is_said() -> None:
    uses = re.findall(r"uses: (?!\./)(.*)", "".join(path.read_text() for path in WORKFLOWS))
    assert [use for use in uses if not re.fullmatch(r"\S+ # v\d+\.\d+\.\d+", use)] == []


def test_tests_run_on_every_python_that_the_project_names_and_on_a_bare_machine() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ci = dict(jobs(ROOT / ".github/workflows/ci.yml"))
    named = re.findall(r":: (3\.\d+)", "\n".join(project["classifiers"]))
    assert ci["test"]["strategy"]["matrix"]["python"] == named
    # The runner has Pythons of its own, which make would prefer when they are newer.
    assert ci["test"]["steps"][-1]["run"] == "make test PYTHON=python"
    assert ci["bare-machine"]["steps"][-1]["run"] == ".ci/run"
    assert dict(jobs(GITLAB))["test"]["script"] == [".ci/run"]


@pytest.mark.process
@pytest.mark.parametrize("path", [ACTION, GITLAB], ids=lambda path: path.name)
def test_scripts_that_actionlint_does_not_see_pass_shellcheck(path: Path) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    for script in scripts(path):
        # The action's command may be several words.
        command = [shellcheck, "--shell=bash", "--exclude=SC2086", "-"]
        subprocess.run(command, input=script, text=True, check=True)


def test_every_command_and_flag_of_a_pipeline_exists() -> None:
    command = typer.main.get_command(app)
    called = [
        match[1]
        for path in PATHS
        for line in "\n".join(scripts(path)).splitlines()
        if (match := re.search(r"(?:\bh2h|\$COMMAND) ([a-z][^>|]*)", line))
    ]
    assert len(called) >= 6
    for line in called:
        words = line.split()
        here: Any = command
        while words and words[0] in getattr(here, "commands", {}):
            here = here.commands[words.pop(0)]
        assert not hasattr(here, "commands"), line
        flags = {flag for parameter in here.params for flag in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= flags, line


def act(
    folder: Path, *, code: int, base: str = "main", result: str = "", paths: str = ""
) -> tuple[int, str]:
    """The action's exit code and its outputs, where h2h ends like that."""
    gate = folder / "h2h"
    gate.write_text(
        f"""#!/bin/sh
echo "$@" >called
mkdir -p out
if [ -n "{result}" ]; then
  echo '{{"result": "{result}"}}' >out/new.json
  mv out/new.json out/gate.json
fi
exit {code}
"""
    )
    gate.chmod(0o755)
    outputs = folder / "outputs"
    outputs.touch()
    finished = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", *scripts(ACTION)],
        cwd=folder,
        env={
            **os.environ,
            "BASE": base,
            "COMMAND": f"env {gate}",
            "OUTPUT": "out",
            "PATHS": paths,
            "GITHUB_OUTPUT": str(outputs),
        },
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return finished.returncode, outputs.read_text()


@pytest.mark.process
@pytest.mark.parametrize(("code", "result"), [(0, "passed"), (1, "failed"), (3, "invalid")])
def test_the_action_ends_as_the_gate_does(tmp_path: Path, code: int, result: str) -> None:
    assert act(tmp_path, code=code, result=result) == (code, f"result={result}\n")
    assert (tmp_path / "called").read_text() == "gate main --output out\n"


@pytest.mark.process
def test_what_an_earlier_gate_left_is_no_result(tmp_path: Path) -> None:
    assert act(tmp_path, code=0, result="passed") == (0, "result=passed\n")
    (tmp_path / "outputs").unlink()
    assert act(tmp_path, code=2) == (2, "")


@pytest.mark.process
def test_the_action_asks_for_each_path_as_it_is_written(tmp_path: Path) -> None:
    assert act(tmp_path, code=0, paths="/a/?q=two words\n\n/b/*\n")[0] == 0
    assert (tmp_path / "called").read_text() == (
        "gate main --output out --path /a/?q=two words --path /b/*\n"
    )


@pytest.mark.process
def test_the_action_alone_installs_what_is_locked_apart_from_the_project(tmp_path: Path) -> None:
    """Stand-ins for the runner's Python and what it makes tell what they are called with."""
    (tmp_path / "bin").mkdir()
    for name, does in {
        "python3": 'mkdir -p "$3/bin" && cp bin/pip bin/h2h "$3/bin"',
        "pip": 'echo pip "$@" >>called',
        "h2h": 'echo h2h "$@" >>called',
    }.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", *scripts(ACTION)],
        cwd=tmp_path,
        env={
            **dict.fromkeys(("COMMAND", "PATHS"), ""),
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "BASE": "main",
            "OUTPUT": "out",
            "RUNNER_TEMP": str(tmp_path / "temporary"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        },
        check=True,
    )
    assert (tmp_path / "called").read_text().splitlines() == [
        f"pip install --quiet --require-hashes --requirement {ROOT / 'requirements.lock'}",
        f"pip install --quiet --no-deps {ROOT}",
        "h2h gate main --output out",
    ]
    assert (ROOT / "requirements.lock").is_file()


@pytest.mark.process
def test_the_action_has_no_result_where_nothing_was_judged(tmp_path: Path) -> None:
    assert act(tmp_path, code=2) == (2, "")


@pytest.mark.process
def test_the_action_asks_for_a_base(tmp_path: Path) -> None:
    assert act(tmp_path, code=0, base="") == (2, "")
    assert not (tmp_path / "called").exists()
