"""What a renderer prints, word for word, kept in a file beside its tests.

`pytest --update-golden` writes the files again; git then shows what became of each sentence.
"""

import io
import re
from collections.abc import Callable
from difflib import unified_diff
from itertools import islice

import pytest
from rich.console import Console

Golden = Callable[[str, str], None]

# A page that became another one differs in every line, which nobody reads.
_SHOWN = 60
# Of pages: what no reader reads, and what depends on how a processor rounds.
_UNREAD = re.compile(r'<style>.*?</style>|(?<= d=")[^"]*', re.DOTALL)
_PICTURE = re.compile(r"<svg.*?</svg>", re.DOTALL)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the files instead of comparing with them."""
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files again; look at the diff"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the file of that name in the folder `golden` beside the test."""
    folder = request.path.parent / "golden"
    update = request.config.getoption("--update-golden")

    def compare(name: str, text: str) -> None:
        path = folder / name
        found = [line.rstrip() for line in text.rstrip().splitlines()]
        if update:
            folder.mkdir(exist_ok=True)
            path.write_text("\n".join(found) + "\n", encoding="utf-8")
        kept = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        if found != kept:
            changes = unified_diff(kept, found, "kept", "printed", n=0, lineterm="")
            told = "\n".join(islice(changes, _SHOWN))
            pytest.fail(f"{name}: if this is meant, give --update-golden\n{told}", pytrace=False)

    return compare


def printed(render: Callable[..., None], *records: object, width: int, colour: bool = False) -> str:
    """What is seen on a terminal of that width; colours show as the codes that switch them."""
    console = Console(
        file=io.StringIO(),
        # A terminal that calls itself dumb has 80 columns unless its height is given, too.
        width=width,
        height=50,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=False,
    )
    render(*records, console=console)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    return "\n".join([*lines, ""]).replace("\x1b", "␛")


def sections(**texts: str) -> str:
    """Several texts in one file, each below its name."""
    return "\n".join(f"===== {name.replace('_', ' ')}\n{text}" for name, text in texts.items())


def readable(page: str, *, pictures: bool = True) -> str:
    """A page of HTML as far as people read it: without style and the shapes of its pictures."""
    return _UNREAD.sub("", page if pictures else _PICTURE.sub("<svg/>", page))
