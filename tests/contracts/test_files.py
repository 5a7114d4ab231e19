"""Each file that is written survives a kill at any moment, and two that write it at once."""

import ast
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.contracts.crashing import deaths, meetings
from tests.contracts.writers import WRITERS, Seen, Writer

each_writer = pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS.keys())
FIRST, SECOND, THIRD = 1, 2, 3
SOURCE = ROOT / "src" / "headtohead"
# Calls that leave something in a file, or give one a name.
WRITING = {
    *(
        "write_text",
        "write_bytes",
        "touch",
        "tofile",
        "rename",
        "link",
        "symlink_to",
        "hardlink_to",
    ),
    *("copy2", "copyfile", "copytree", "move", "mkstemp", "NamedTemporaryFile"),
}
FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT"}
# What else calls them, and why it is no matter when it dies.
KEEPS_NOTHING = {
    ("bench/instructions.py", "count_instructions"): "a module for the run alone",
    ("cli/failures.py", "_keep"): "a traceback, which is for people",
    ("django/prometheus/collecting.py", "_is_readable"): "a new name, in one step",
    ("host/text_streams.py", "_dropping"): "/dev/null",
    ("host/text_streams.py", "_safe"): "/dev/null",
    ("audit/peak_memory.py", "_reset_peak"): "a command to the kernel",
    ("host/processes.py", "spawn"): "logs, which are for people",
    ("revisions/local_contents.py", "fill_large_files"): "a checkout for the command alone",
    ("revisions/working_tree.py", "add"): "a checkout for the command alone",
    **{
        ("services/databases/sqlite.py", function): "databases for the command alone"
        for function in ("create", "load", "copy")
    },
}
FEWEST = 2  # moments: a file is opened, and written


@pytest.fixture(autouse=True)
def _nothing_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)


class Folders:
    """Folders that a writer finds with its first version in them."""

    def __init__(self, writer: Writer, path: Path) -> None:
        self.writer = writer
        self.path = path
        self.numbers = count()
        self.before = path / "before"
        self.before.mkdir()
        if writer.replaces:
            writer.write(self.before, version=FIRST)

    def folder(self) -> Path:
        folder = self.path / f"{next(self.numbers)}"
        return shutil.copytree(self.before, folder, symlinks=True)

    def after(self, *versions: int) -> Path:
        """A folder into which versions were written undisturbed."""
        folder = self.folder()
        for version in versions:
            self.writer.write(folder, version=version)
        return folder


@pytest.fixture
def folders(writer: Writer, tmp_path: Path) -> Folders:
    return Folders(writer, tmp_path)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def is_one_of(found: Seen, *expected: Seen) -> bool:
    """Whether everything in a folder is as it is in one of others."""
    known = found.keys() | {name for each in expected for name in each}
    return all(found.get(name) in [each.get(name) for each in expected] for name in known)


@pytest.mark.process
@each_writer
def test_whoever_is_killed_leaves_the_old_or_the_new_and_a_way_to_go_on(writer, folders, tmp_path):
    old, new = writer.read(folders.before), writer.read(folders.after(SECOND))
    both = folders.after(SECOND, THIRD)
    files = [path for path in both.rglob("*") if path.is_file()]
    assert {not path.stat().st_mode & 0o077 for path in files} == {writer.private}
    last = [writer.read(each) for each in (both, folders.after(THIRD))]
    left = deaths(
        partial(writer.write, version=SECOND), folders.folder(), copies=tmp_path / "killed"
    )
    assert len(left) >= FEWEST
    assert old != new
    assert writer.forgets or old.keys() <= new.keys()
    for folder in left:
        assert is_one_of(writer.read(folder), old, new, *([{}] if writer.gap else []))
        writer.write(folder, version=THIRD)
        assert is_one_of(writer.read(folder), *last)
        assert names(folder) <= names(both)


@pytest.mark.process
@pytest.mark.parametrize(
    "writer", [pytest.param(each, id=name) for name, each in WRITERS.items() if each.meets]
)
def test_of_two_that_write_at_once_none_fails_and_nothing_is_mixed(writer, folders, tmp_path):
    orders = [folders.after(*order) for order in ((SECOND, THIRD), (THIRD, SECOND))]
    both = [writer.read(each) for each in orders]
    left = meetings(
        partial(writer.write, version=SECOND),
        partial(writer.write, version=THIRD),
        folders.before,
        copies=tmp_path / "met",
    )
    assert len(left) >= FEWEST
    for folder in left:
        assert is_one_of(writer.read(folder), *both)
        assert names(folder) <= names(orders[0])


def test_whatever_writes_a_file_is_among_them(tmp_path):
    """Found in the code: whoever calls what changes a file, but for headtohead.host.files."""
    called = set()

    def note(frame, event, _):
        called.add((frame.f_code.co_filename, frame.f_code.co_name))

    sys.setprofile(note)
    try:
        for number, writer in enumerate(WRITERS.values()):
            folder = tmp_path / f"{number}"
            folder.mkdir()
            writer.write(folder, version=FIRST)
    finally:
        sys.setprofile(None)
    found = {
        (str(path.relative_to(SOURCE)), function)
        for path in SOURCE.rglob("*.py")
        for function in writing_functions(ast.parse(path.read_text(encoding="utf-8")))
    }
    tried = {each for each in found if (str(SOURCE / each[0]), each[1]) in called}
    assert found - tried == KEEPS_NOTHING.keys()


def writing_functions(module: ast.Module) -> Iterator[str]:
    """The functions that call what writes, renames or copies a file."""
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef) and any(
            isinstance(node, ast.Call) and changes_a_file(node) for node in ast.walk(function)
        ):
            yield function.name


def changes_a_file(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [*call.args, *(each.value for each in call.keywords)]
    if name == "open":
        words = {each.value for each in given if isinstance(each, ast.Constant)}
        flags = {
            node.attr
            for each in given
            for node in ast.walk(each)
            if isinstance(node, ast.Attribute)
        }
        return any(set(str(word)) & set("wax+") for word in words) or bool(flags & FLAGS)
    # A text's has two arguments, a dataclass' is no method.
    if name == "replace":
        return isinstance(call.func, ast.Attribute) and len(given) == 1
    # Other things than files are copied, too, but not to somewhere.
    return name in WRITING or (name == "copy" and len(given) == 2) or name.startswith("save")
