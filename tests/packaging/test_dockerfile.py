import ast
import json
import re
import threading
from collections.abc import Iterator
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path, PurePosixPath

import pytest

Instruction = tuple[str, str]


@pytest.fixture(scope="module")
def stages(root: Path) -> dict[str, list[Instruction]]:
    """The instructions of each stage by its name, in the order of the file, FROM included."""
    text = (root / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    found: dict[str, list[Instruction]] = {}
    for line in filter(None, joined.splitlines()):
        keyword, _, rest = line.partition(" ")
        if keyword == "FROM":
            instructions = found[rest.partition(" AS ")[2]] = []
        instructions.append((keyword, rest))
    return found


@pytest.fixture(scope="module")
def final(stages: dict[str, list[Instruction]]) -> list[Instruction]:
    return list(stages.values())[-1]


def arguments(instructions: list[Instruction], keyword: str) -> list[str]:
    return [rest for name, rest in instructions if name == keyword]


def test_outside_images_are_pinned_by_version(stages: dict[str, list[Instruction]]) -> None:
    sources = [instructions[0][1].partition(" AS ")[0] for instructions in stages.values()]
    outside = [source for source in sources if source not in stages]
    assert len(outside) == 1
    assert re.fullmatch(r"python:3\.13\.\d+-slim-\w+", outside[0])


def test_the_last_user_is_a_fixed_one_other_than_root(final: list[Instruction]) -> None:
    (user,) = arguments(final, "USER")
    assert int(user.partition(":")[0]) >= 1000


def test_nothing_is_installed_into_the_final_stage(final: list[Instruction]) -> None:
    assert [run for run in arguments(final, "RUN") if re.search(r"\b(pip|apt-get)\b", run)] == []


def test_packages_are_installed_by_hash(stages: dict[str, list[Instruction]]) -> None:
    installs = [run for run in arguments(stages["builder"], "RUN") if "pip install" in run]
    assert installs == [
        "pip install --require-hashes --requirement requirements.lock",
        "pip install --no-deps .",
    ]


def is_sent_to_the_builder(path: PurePosixPath, rules: list[str]) -> bool:
    """Whether `.dockerignore` lets a path through: the last rule that matches it decides."""
    lineage = [str(path), *map(str, path.parents)]
    sent = True
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        names = [PurePosixPath(each).name for each in lineage] if "**/" in rule else lineage
        if any(fnmatch(name, pattern) for name in names):
            sent = rule.startswith("!")
    return sent


@pytest.fixture(scope="module")
def rules(root: Path) -> list[str]:
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_everything_copied_exists_and_is_sent_to_the_builder(
    root: Path, stages: dict[str, list[Instruction]], rules: list[str]
) -> None:
    copies = [copy for stage in stages.values() for copy in arguments(stage, "COPY")]
    sources = [
        source for copy in copies if not copy.startswith("--from=") for source in copy.split()[:-1]
    ]
    assert {"requirements.lock", "app/", "src/", "manage.py"} <= set(sources)
    assert [source for source in sources if not (root / source).exists()] == []
    held_back = [
        source for source in sources if not is_sent_to_the_builder(PurePosixPath(source), rules)
    ]
    assert held_back == []


@pytest.mark.parametrize("path", [".env", ".git/config", ".venv/bin/python", "results/run.json"])
def test_secrets_and_leftovers_are_not_sent_to_the_builder(path: str, rules: list[str]) -> None:
    assert not is_sent_to_the_builder(PurePosixPath(path), rules)


def test_the_build_sees_what_pyproject_names(
    root: Path, stages: dict[str, list[Instruction]]
) -> None:
    copied = " ".join(arguments(stages["builder"], "COPY")).split()
    assert {"pyproject.toml", "README.md", "LICENSE", "src/"} <= set(copied)


def test_the_command_serves_the_api_on_the_exposed_port(
    root: Path, final: list[Instruction]
) -> None:
    (command,) = map(json.loads, arguments(final, "CMD"))
    assert command[:2] == ["gunicorn", "app.config.wsgi:application"]
    assert (root / command[command.index("-c") + 1]).is_file()
    assert command[command.index("--bind") + 1] == "0.0.0.0:8000"
    assert arguments(final, "EXPOSE") == ["8000"]


class Health(BaseHTTPRequestHandler):
    """Answers /health/ with the status its server was given."""

    def do_GET(self) -> None:
        self.send_response(self.server.status if self.path == "/health/" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def health() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def health_check(final: list[Instruction]) -> str:
    """The Python program that checks the container's health."""
    (check,) = arguments(final, "HEALTHCHECK")
    python, option, program = ast.literal_eval(check.partition("CMD ")[2])
    assert (python, option) == ("python", "-c")
    return program


@pytest.mark.parametrize(("status", "unhealthy"), [(200, False), (503, True)])
def test_the_health_check_believes_the_api(
    health_check: str, health: HTTPServer, status: int, unhealthy: bool
) -> None:
    health.status = status
    program = health_check.replace("8000", str(health.server_port))
    with pytest.raises(SystemExit) as end:
        exec(program, {})  # noqa: S102 (the program under test)
    assert bool(end.value.code) is unhealthy
