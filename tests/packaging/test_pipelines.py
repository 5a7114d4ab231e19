"""The pipelines that judge pull requests and keep the history."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from headtohead.cli import app

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
GITLAB = ROOT / ".gitlab-ci.yml"
SCRIPTS = ROOT / ".github" / "scripts"
COMMIT = "c" * 40


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(path: Path) -> Iterator[dict[str, Any]]:
    content = load(path)
    for job in content.get("jobs", {"action": content.get("runs", {})}).values():
        yield from job.get("steps", [])


def scripts(path: Path) -> list[str]:
    if path == GITLAB:
        return [
            "\n".join(job.get("before_script", []) + job.get("script", []))
            for job in load(path).values()
            if isinstance(job, dict)
        ]
    return [step["run"] for step in steps(path) if "run" in step]


def triggers(path: Path) -> set[str]:
    # YAML 1.1 takes `on` for true.
    return set(load(path)[True])


def writes(permissions: Any) -> bool:
    return permissions == "write-all" or "write" in (permissions or {}).values()


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        *((path, "vendor.github-workflows") for path in WORKFLOWS),
        (ACTION, "vendor.github-actions"),
        (GITLAB, "vendor.gitlab-ci"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_it_fits_its_schema(
    path: Path, schema: str, schema_problems: Callable[[Path, str], str]
) -> None:
    assert schema_problems(path, schema) == ""


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_actions_of_others_are_pinned_by_commit(path: Path) -> None:
    uses = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [use for use in uses if use != "./" and not pinned.fullmatch(use)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_unless_one_of_its_jobs_says_more(path: Path) -> None:
    assert load(path)["permissions"] in ({}, {"contents": "read"})
    for job in load(path)["jobs"].values():
        assert job["timeout-minutes"] <= 90


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_may_write_runs_no_code_of_a_pull_request(path: Path) -> None:
    jobs = [job for job in load(path)["jobs"].values() if writes(job.get("permissions"))]
    assert not (jobs and triggers(path) & {"pull_request", "pull_request_target"})
    for job in jobs:
        for step in job["steps"]:
            # The default branch's scripts, and nothing that installs or runs the project.
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["sparse-checkout"] == ".github/scripts"
                if "workflow_run" in triggers(path):
                    assert "default_branch" in step["with"]["ref"]
            command = step.get("run", ".github/scripts/")
            assert command.removeprefix("python3 ").startswith(".github/scripts/")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_token_stays_with_git_only_where_git_pushes(path: Path) -> None:
    for job in load(path)["jobs"].values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                kept = step["with"].get("persist-credentials", True)
                assert kept is ((job.get("permissions") or {}).get("contents") == "write")


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_nothing_from_outside_is_pasted_into_a_script(path: Path) -> None:
    assert [script for script in scripts(path) if "${{" in script] == []


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION, GITLAB], ids=lambda path: path.name)
def test_scripts_are_bash(path: Path) -> None:
    for script in scripts(path):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_every_command_and_flag_of_a_pipeline_exists() -> None:
    command = typer.main.get_command(app)
    found = 0
    for path in (*WORKFLOWS, ACTION, GITLAB):
        for line in "\n".join(scripts(path)).splitlines():
            called = re.search(r"(?:\bh2h|\$COMMAND) ([a-z].*)", line)
            if called is None:
                continue
            found += 1
            words = re.sub(r"[>|].*", "", called[1]).split()
            here: Any = command
            while words and words[0] in getattr(here, "commands", {}):
                here = here.commands[words.pop(0)]
            assert not hasattr(here, "commands"), line
            flags = {flag for parameter in here.params for flag in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= flags, line
    assert found >= 8


# What the action does with what h2h says.


def act(folder: Path, *, code: int, base: str = "main", result: str = "") -> tuple[int, str]:
    """The action's exit code and its outputs, where h2h ends like that."""
    gate = folder / "h2h"
    gate.write_text(
        f"""#!/bin/sh
echo "$@" >called
mkdir -p out
[ -z "{result}" ] || echo '{{"result": "{result}"}}' >out/gate.json
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
            "GITHUB_OUTPUT": str(outputs),
        },
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return finished.returncode, outputs.read_text()


@pytest.mark.parametrize(("code", "result"), [(0, "passed"), (1, "failed"), (3, "invalid")])
def test_the_action_ends_as_the_gate_does(tmp_path: Path, code: int, result: str) -> None:
    assert act(tmp_path, code=code, result=result) == (code, f"result={result}\n")
    assert (tmp_path / "called").read_text() == "gate main --output out\n"


def test_the_action_has_no_result_where_nothing_was_judged(tmp_path: Path) -> None:
    assert act(tmp_path, code=2) == (2, "")


def test_the_action_asks_for_a_base(tmp_path: Path) -> None:
    assert act(tmp_path, code=0, base="") == (2, "")
    assert not (tmp_path / "called").exists()


# What is said below a pull request.


class GitHub(ThreadingHTTPServer):
    """Pull request 7, at one commit, with comments page by page."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.comments: list[dict[str, Any]] = []
        self.written: list[tuple[str, str, str]] = []


class Answering(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/repos/o/r/pulls/7":
            self.answer({"head": {"sha": COMMIT}})
        elif path == "/repos/o/r/issues/7/comments":
            page = int(re.search(r"[?&]page=(\d+)", f"?{query}")[1])
            self.answer(self.server.comments[100 * (page - 1) : 100 * page])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))["body"]
        self.server.written.append((self.command, self.path, body))
        assert self.headers["Authorization"] == "Bearer secret"
        self.answer({})

    def do_PATCH(self) -> None:
        self.do_POST()

    def answer(self, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


PAGE = "<!-- headtohead -->\n### headtohead: passed\n"


def comment(
    github: GitHub, folder: Path, *, number: str = "7", page: str | None = PAGE, sha: str = COMMIT
) -> "subprocess.CompletedProcess[str]":
    (folder / "number.txt").write_text(f"{number}\n")
    if page is not None:
        (folder / "comment.md").write_text(page)
    return subprocess.run(
        [sys.executable, SCRIPTS / "comment.py", folder],
        env={
            "GITHUB_API_URL": f"http://127.0.0.1:{github.server_port}",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_TOKEN": "secret",
            "HEAD_SHA": sha,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def said(number: int, login: str = "someone", body: str = "Nice.") -> dict[str, Any]:
    return {"id": number, "user": {"login": login}, "body": body}


def test_the_first_page_becomes_a_comment(github: GitHub, tmp_path: Path) -> None:
    assert comment(github, tmp_path).returncode == 0
    assert github.written == [("POST", "/repos/o/r/issues/7/comments", PAGE)]


def test_a_later_one_takes_its_place_however_many_others_there_are(
    github: GitHub, tmp_path: Path
) -> None:
    github.comments = [said(number) for number in range(150)]
    github.comments.append(said(999, "github-actions[bot]", f"{PAGE}older"))
    assert comment(github, tmp_path).returncode == 0
    assert github.written == [("PATCH", "/repos/o/r/issues/comments/999", PAGE)]


def test_a_comment_that_only_looks_like_ours_is_left_alone(github: GitHub, tmp_path: Path) -> None:
    github.comments = [said(1, "mallory", PAGE), said(2, "github-actions[bot]", "Another tool's")]
    assert comment(github, tmp_path).returncode == 0
    assert [method for method, _, _ in github.written] == ["POST"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"number": "7/../8"}, "holds no number"),
        ({"number": ""}, "holds no number"),
        ({"number": "\u0667"}, "holds no number"),
        ({"sha": "d" * 40}, "#7 is not at the commit"),
        ({"page": "Buy this."}, "is no page of h2h gate"),
    ],
)
def test_what_a_pull_request_could_have_forged_is_not_said(
    github: GitHub, tmp_path: Path, given: dict[str, str], problem: str
) -> None:
    finished = comment(github, tmp_path, **given)
    assert finished.returncode == 1
    assert problem in finished.stderr
    assert github.written == []


def test_where_nothing_was_judged_nothing_is_said(github: GitHub, tmp_path: Path) -> None:
    assert comment(github, tmp_path, page=None).returncode == 0
    assert github.written == []


# Where the history is kept.


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a repository that somebody else can push to."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    remote = tmp_path / "remote.git"
    subprocess.run([*git, "init", "--quiet", "--bare", remote], check=True)
    for name in ("one", "two"):
        folder = tmp_path / name
        subprocess.run([*git, "clone", "--quiet", remote, folder], check=True, capture_output=True)
        if name == "one":
            commit = [*git, "commit", "--quiet", "--allow-empty", "--message", "Begin"]
            subprocess.run(commit, cwd=folder, check=True)
            subprocess.run([*git, "push", "--quiet", "origin", "HEAD"], cwd=folder, check=True)
    return tmp_path


def keep(clone: Path, name: str, *lines: str) -> "subprocess.CompletedProcess[str]":
    added = clone / "added.jsonl"
    added.write_text("".join(f"{line}\n" for line in lines))
    return subprocess.run(
        [SCRIPTS / "keep-history", added],
        cwd=clone / name,
        capture_output=True,
        text=True,
        check=False,
    )


def kept(clone: Path) -> list[str]:
    shown = subprocess.run(
        ["git", "show", "headtohead-history:history.jsonl"],
        cwd=clone / "remote.git",
        check=True,
        capture_output=True,
        text=True,
    )
    return shown.stdout.splitlines()


def test_lines_are_added_to_a_branch_of_their_own(clone: Path) -> None:
    for name, line in (("one", "a"), ("two", "b"), ("one", "c")):
        finished = keep(clone, name, line)
        assert finished.returncode == 0, finished.stderr
    assert kept(clone) == ["a", "b", "c"]
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=clone / "one", check=True, capture_output=True, text=True
    )
    assert len(listed.stdout.splitlines()) == 1


def test_what_somebody_pushes_in_between_is_kept_too(clone: Path) -> None:
    keep(clone, "one", "a")
    hook = clone / "one" / ".git" / "hooks" / "pre-push"
    # Somebody is faster, once.
    hook.write_text(
        f"""#!/bin/sh
rm "$0"
echo b >'{clone}/theirs.jsonl'
cd '{clone}/two' && unset GIT_DIR && '{SCRIPTS}/keep-history' '{clone}/theirs.jsonl' >/dev/null 2>&1
"""
    )
    hook.chmod(0o755)
    finished = keep(clone, "one", "c")
    assert finished.returncode == 0, finished.stderr
    assert kept(clone) == ["a", "b", "c"]


def test_nothing_to_keep_is_no_commit(clone: Path) -> None:
    keep(clone, "one", "a")
    assert keep(clone, "one").stdout == "there is nothing to keep\n"
