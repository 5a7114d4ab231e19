import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PINNED = re.compile(
    r"^(?P<requirement>[^\s#][^\\\n]*?) \\\n(?P<hashes>(?:    --hash=.*\n?)+)", re.MULTILINE
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
LOCKS = ["requirements.lock", "requirements-dev.lock"]

Pins = dict[str, set[tuple[str, str]]]


def parse(lock: str) -> Pins:
    """The pinned versions of each package, each with its marker."""
    pins: Pins = {}
    for match in PINNED.finditer(lock):
        requirement = Requirement(match["requirement"])
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        pins.setdefault(canonicalize_name(requirement.name), set()).add(
            (pin.version, str(requirement.marker or ""))
        )
    return pins


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text(encoding="utf-8") for name in LOCKS}


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, object]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_a_hash(texts: dict[str, str], name: str) -> None:
    starts = [line for line in texts[name].splitlines() if re.match(r"[^\s#]", line)]
    pinned = list(PINNED.finditer(texts[name]))
    assert len(pinned) == len(starts) > 20
    for match in pinned:
        hashes = match["hashes"].count("--hash=")
        assert hashes == len(HASH.findall(match["hashes"])) > 0


@pytest.mark.parametrize("name", LOCKS)
def test_no_index_is_named(texts: dict[str, str], name: str) -> None:
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host", texts[name]) == []


def unsatisfied(requirements: list[str], pins: Pins) -> list[str]:
    """The requirements that a lock file leaves out, or pins to a version they refuse."""
    return [
        text
        for text in requirements
        for requirement in [Requirement(text)]
        if not pins.get(canonicalize_name(requirement.name))
        or any(
            not requirement.specifier.contains(Version(version), prereleases=True)
            for version, _ in pins[canonicalize_name(requirement.name)]
        )
    ]


def test_the_runtime_lock_satisfies_the_project_and_its_api(
    project: dict[str, object], texts: dict[str, str]
) -> None:
    wanted = [*project["dependencies"], *project["optional-dependencies"]["app"]]
    assert unsatisfied(wanted, parse(texts["requirements.lock"])) == []


def test_the_development_lock_satisfies_everything(
    project: dict[str, object], texts: dict[str, str]
) -> None:
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    wanted = [*project["dependencies"], *extras]
    assert unsatisfied(wanted, parse(texts["requirements-dev.lock"])) == []


def test_the_development_lock_can_build_the_project(root: Path, texts: dict[str, str]) -> None:
    built_with = tomllib.loads((root / "pyproject.toml").read_text())["build-system"]["requires"]
    pins = parse(texts["requirements-dev.lock"])
    # An editable install without build isolation needs these in .venv already.
    assert unsatisfied([*built_with, "editables"], pins) == []


def test_the_development_lock_holds_the_runtime_lock(texts: dict[str, str]) -> None:
    runtime, development = (parse(texts[name]) for name in LOCKS)
    different = {
        name: (pins, development.get(name))
        for name, pins in runtime.items()
        if {version for version, _ in pins} != {v for v, _ in development.get(name, ())}
    }
    assert different == {}


def test_no_development_tool_is_in_the_runtime_lock(texts: dict[str, str]) -> None:
    assert parse(texts["requirements.lock"]).keys().isdisjoint({"hypothesis", "mypy", "ruff"})


def test_an_unpinned_requirement_would_be_noticed() -> None:
    pins = {"django": {("4.2", "")}}
    assert unsatisfied(["django>=5.2,<6", "locust"], pins) == ["django>=5.2,<6", "locust"]
