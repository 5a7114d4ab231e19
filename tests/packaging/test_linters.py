"""The linters of `make check` pass, and each notices what it is there for.

Those of Python are left to `make check`: mypy takes longer than all the others together.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPE = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
LINTERS = [
    line.strip()
    for line in RECIPE.splitlines()
    if line.split()[0] not in {"export", "ruff", "mypy", "lint-imports"}
]
SCHEMA = "check-jsonschema --builtin-schema vendor"
GATE = ".github/workflows/gate.yml"
SPOILT = [
    ("zizmor", "unpinned-uses", GATE, r"checkout@\w+", "checkout@v6"),
    ("zizmor", "template-injection", GATE, r'"\$NUMBER"', "${{ github.event.number }}"),
    ("zizmor", "template-injection", "action.yml", r'"\$BASE"', "${{ inputs.base }}"),
    ("zizmor", "excessive-permissions", GATE, "contents: read", "contents: write"),
    ("zizmor", "dangerous-triggers", GATE, "pull_request:", "pull_request_target:"),
    ("zizmor", "artipacked", GATE, "persist-credentials: false", ""),
    ("actionlint", "[action]", GATE, "base: ", "bse: "),
    ("actionlint", "[action]", "action.yml", "using: composite", "using: nothing"),
    ("actionlint", "[syntax-check]", GATE, "runs-on:", "run-on:"),
    ("actionlint", "[shellcheck]", GATE, r'"\$NUMBER"', "$NUMBER"),
    ("hadolint", "DL3002", "Dockerfile", "USER .*", "USER 0:0"),
    ("hadolint", "DL3006", "Dockerfile", "FROM python:[^ ]*", "FROM python"),
    ("hadolint", "DL3025", "Dockerfile", r"CMD \[.gunicorn.*", "CMD gunicorn"),
    ("shellcheck", "SC2086", ".ci/run", "exec </dev/null", "exec <$1"),
    ("pre-commit", "entry", ".pre-commit-config.yaml", "entry:", "entries:"),
    (f"{SCHEMA}.compose-spec", "depend_on", "docker-compose.yml", "depends_on", "depend_on"),
    (f"{SCHEMA}.gitlab-ci", "scripts", ".gitlab-ci.yml", "script:", "scripts:"),
]


def run(linter: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    (command,) = (each for each in LINTERS if each.startswith(linter))
    return subprocess.run(
        ["sh", "-euc", command],
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}:{os.defpath}", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.process
@pytest.mark.parametrize("linter", LINTERS)
def test_it_passes(linter: str, tmp_path: Path) -> None:
    finished = run(linter, ROOT, tmp_path)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.process
@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda spoilt: "-".join(spoilt[:2]))
def test_it_notices(spoilt: tuple[str, str, str, str, str], tmp_path: Path) -> None:
    linter, code, file, pattern, replacement = spoilt
    (tmp_path / ".git").mkdir()
    for name in (".github", ".ci"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "action.yml", tmp_path)
    text = (ROOT / file).read_text()
    (tmp_path / file).write_text(re.sub(pattern, replacement, text))
    assert (tmp_path / file).read_text() != text
    finished = run(linter, tmp_path, tmp_path)
    assert finished.returncode != 0
    assert code in finished.stdout + finished.stderr


def test_no_linter_is_left_out() -> None:
    noticing = tuple(linter for linter, *_ in SPOILT)
    assert [linter for linter in LINTERS if not linter.startswith(noticing)] == []


@pytest.mark.process
def test_every_shell_script_is_checked(files: list[Path]) -> None:
    scripts = [file for file in files if re.match(rb"#!.*sh\n", file.read_bytes())]
    (checked,) = (each.split()[1:] for each in LINTERS if each.startswith("shellcheck"))
    assert {str(script.relative_to(ROOT)) for script in scripts} == set(checked)
