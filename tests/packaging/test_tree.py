"""Promises about every file that is, or is about to be, in git."""

import re
from pathlib import Path

import pytest

# Written so that this file does not match itself.
PLACES = {
    "a folder of one machine": re.compile(r"(?<![\w.~-])/(?:[r]oot|[w]ork|[h]ome|[U]sers)/[\w.]"),
    "a package index": re.compile(
        r"[p]ypi\.org/simple|[p]ythonhosted\.org|registry\.[n]pmjs|--(?:extra-)?[i]ndex-url[ =]\S"
    ),
}


def found(text: str, place: str) -> list[str]:
    return [line for line in text.splitlines() if PLACES[place].search(line)]


@pytest.mark.parametrize("place", PLACES)
def test_no_file_names(files: list[Path], root: Path, place: str) -> None:
    named = {
        str(file.relative_to(root)): lines
        for file in files
        if (lines := found(file.read_text(encoding="utf-8", errors="ignore"), place))
    }
    assert named == {}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("a folder of one machine", "cd /{}/x".format("root")),
        ("a folder of one machine", "file:///{}/someone/x".format("home")),
        ("a package index", "pip install --{}=https://example.org".format("index-url")),
        ("a package index", "https://{}/simple".format("pypi.org")),
    ],
)
def test_such_a_name_would_be_found(place: str, line: str) -> None:
    assert found(line, place)


@pytest.mark.parametrize("path", [".env", ".venv", ".h2h", "results"])
def test_git_ignores_secrets_and_what_the_commands_write(root: Path, path: str) -> None:
    patterns = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"/{path}", f"/{path}/"} & set(patterns)


def test_no_file_is_large(files: list[Path], root: Path) -> None:
    large = [str(file.relative_to(root)) for file in files if file.stat().st_size > 500_000]
    assert large == []


def test_the_licence_is_the_one_the_project_names(root: Path) -> None:
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License\n\nCopyright (c) 2026 headtohead contributors\n")
