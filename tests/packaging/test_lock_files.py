import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINNED = re.compile(
    r"^(?P<requirement>[^\s#][^\\\n]*?) \\\n(?P<hashes>(?:    --hash=.*\n?)+)", re.MULTILINE
)
# Each with what it lets be installed of the project.
EXTRAS = {"requirements.lock": ["app"], "requirements-dev.lock": ["app", "dev"]}

Pins = dict[str, set[str]]


def pins(lock: str) -> Pins:
    """The pinned versions of each package: several where they differ by marker."""
    found: Pins = {}
    for match in PINNED.finditer(lock):
        requirement = Requirement(match["requirement"])
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return found


def unsatisfied(requirements: list[str], pinned: Pins) -> list[str]:
    """The requirements that a lock file leaves out, or pins to a version they refuse."""
    return [
        text
        for text in requirements
        for requirement in [Requirement(text)]
        for versions in [pinned.get(canonicalize_name(requirement.name), ())]
        if not versions
        or not all(requirement.specifier.contains(each, prereleases=True) for each in versions)
    ]


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text(encoding="utf-8") for name in EXTRAS}


@pytest.mark.parametrize("name", EXTRAS)
def test_every_requirement_has_a_hash_and_no_index_is_named(
    texts: dict[str, str], name: str
) -> None:
    starts = [line for line in texts[name].splitlines() if re.match(r"[^\s#]", line)]
    hashes = [match["hashes"] for match in PINNED.finditer(texts[name])]
    assert len(hashes) == len(starts) > 20
    words = " ".join(hashes).replace("\\", " ").split()
    assert [word for word in words if not re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word)] == []
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host", texts[name]) == []


@pytest.mark.parametrize("name", EXTRAS)
def test_a_lock_file_satisfies_what_is_installed_by_it(
    root: Path, texts: dict[str, str], name: str
) -> None:
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = content["project"]
    wanted = list(project["dependencies"])
    for extra in EXTRAS[name]:
        wanted += project["optional-dependencies"][extra]
    if "dev" in EXTRAS[name]:
        # An editable install without build isolation needs these.
        wanted += [*content["build-system"]["requires"], "editables"]
    assert unsatisfied(wanted, pins(texts[name])) == []
    assert unsatisfied(["nothing-of-that-name", "django<5"], pins(texts[name])) == [
        *("nothing-of-that-name", "django<5")
    ]


def test_the_development_lock_holds_the_runtime_lock_and_its_tools_alone(
    texts: dict[str, str],
) -> None:
    runtime, development = (pins(text) for text in texts.values())
    assert runtime.items() <= development.items()
    assert runtime.keys().isdisjoint({"hypothesis", "mypy", "ruff"})
