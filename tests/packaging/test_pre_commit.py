import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def hooks(root: Path) -> list[dict[str, Any]]:
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (local,) = config["repos"]
    assert local["repo"] == "local"
    return local["hooks"]


def test_pre_commit_accepts_its_configuration(root: Path, tmp_path: Path) -> None:
    checked = subprocess.run(
        [
            Path(sys.executable).with_name("pre-commit"),
            "validate-config",
            root / ".pre-commit-config.yaml",
        ],
        env={"PRE_COMMIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_hooks_run_tools_that_the_set_up_installs(hooks: list[dict[str, Any]]) -> None:
    installed = Path(sys.executable).parent
    for hook in hooks:
        tool = Path(shlex.split(hook["entry"])[0])
        assert tool.parent == Path(".venv/bin")
        assert (installed / tool.name).exists(), tool


def test_hooks_check_what_make_check_does(root: Path, hooks: list[dict[str, Any]]) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    entries = " ".join(hook["entry"] for hook in hooks)
    for line in recipe.splitlines():
        command = line.strip().removesuffix(" --check")
        assert command in entries


def test_file_patterns_match_a_file(root: Path, hooks: list[dict[str, Any]]) -> None:
    files = ["docker-compose.yml", ".github/workflows/ci.yml"]
    patterns = [hook["files"] for hook in hooks if "files" in hook]
    assert [
        [name for name in files if re.search(pattern, name) and (root / name).is_file()]
        for pattern in patterns
    ] == [[name] for name in files]
