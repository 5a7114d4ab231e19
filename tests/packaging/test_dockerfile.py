"""What hadolint does not know of the image."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer


def copied(stage: str) -> list[str]:
    """What a stage copies from the checkout."""
    lines = re.findall(r"^COPY (?!--from=)(.+)$", stage, re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()[:-1]]


def lay_out(stage: str, root: Path, folder: Path) -> None:
    for source in copied(stage):
        if (root / source).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(root / source, folder / source, ignore=ignore)
        else:
            shutil.copy(root / source, folder)


def filled_in(variable: re.Match[str]) -> str:
    """A variable's default, or a secret."""
    name, kind, default = variable.groups()
    return default if kind == "-" else f"{name}-{'x' * 32}"


def test_only_what_is_copied_is_sent_to_the_builder(root: Path, stages: dict[str, str]) -> None:
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    first, *rules = (line for line in lines if not line.startswith("#"))
    assert first == "*"
    let_through = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert let_through == {source for stage in stages.values() for source in copied(stage)}


def test_packages_are_installed_by_hash_and_by_the_builder_alone(stages: dict[str, str]) -> None:
    assert re.findall(r"pip install (.*)", stages["builder"]) == [
        "--require-hashes --requirement requirements.lock",
        "--no-deps .",
    ]
    others = [stage for name, stage in stages.items() if name != "builder"]
    assert [stage for stage in others if re.search(r"\b(pip|apt-get|curl|wget)\b", stage)] == []


@pytest.mark.process
def test_the_builder_has_all_that_the_project_is_built_of(
    root: Path, stages: dict[str, str], tmp_path: Path
) -> None:
    lay_out(stages["builder"], root, tmp_path)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(build, cwd=tmp_path, capture_output=True, check=True)
    (wheel,) = (tmp_path / "dist").iterdir()
    modules = {str(path.relative_to(root / "src")) for path in (root / "src").rglob("*.py")}
    assert modules - set(zipfile.ZipFile(wheel).namelist()) == set()


@pytest.mark.process
def test_it_serves_the_api_with_the_environment_of_compose(
    root: Path, stages: dict[str, str], services: dict[str, Any], tmp_path: Path
) -> None:
    (command,) = re.findall(r"^CMD (.*)$", stages["final"], re.MULTILINE)
    program, *arguments = ast.literal_eval(command)
    (port,) = re.findall(r"^EXPOSE (\d+)$", stages["final"], re.MULTILINE)
    assert arguments[arguments.index("--bind") + 1] == f"0.0.0.0:{port}"
    assert [each.rpartition(":")[2] for each in services["api"]["ports"]] == [port]
    lay_out(stages["final"], root, tmp_path)
    environment = {
        name: re.sub(r"\$\{(\w+):([?-])([^}]*)\}", filled_in, value)
        for name, value in services["api"]["environment"].items()
    }
    checked = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments, "--check-config"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_its_user_is_fixed_and_can_write_metrics_where_compose_mounts_memory(
    stages: dict[str, str], services: dict[str, Any]
) -> None:
    ((user, group),) = re.findall(r"^USER (\d+):(\d+)$", stages["final"], re.MULTILINE)
    assert int(user) >= 1000
    (folder,) = re.findall(r"^ENV PROMETHEUS_MULTIPROC_DIR=(\S+)$", stages["final"], re.MULTILINE)
    assert f"{folder}:uid={user},gid={group},mode=0700" in services["api"]["tmpfs"]


@pytest.mark.parametrize(("status", "unhealthy"), [(200, False), (503, True)])
def test_the_health_check_believes_the_api(
    stages: dict[str, str], httpserver: HTTPServer, status: int, unhealthy: bool
) -> None:
    httpserver.expect_request("/health/").respond_with_data(status=status)
    (check,) = re.findall(r"^HEALTHCHECK .*CMD (.*)$", stages["final"], re.MULTILINE)
    _, option, program = ast.literal_eval(check)
    assert option == "-c"
    with pytest.raises(SystemExit) as end:
        exec(program.replace("8000", str(httpserver.port)), {})  # noqa: S102 (what is tested)
    assert bool(end.value.code) is unhealthy
