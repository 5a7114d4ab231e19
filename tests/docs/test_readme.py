"""The README keeps its word."""

import re
import sys

import pytest

from tests.conftest import ROOT, Project

sys.path.insert(0, str(ROOT / "docs"))
from build import readme_with_result

README = (ROOT / "README.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()


def test_printed_result_is_that_of_the_record_that_is_kept():
    assert readme_with_result(README) == README
    assert "product-list" in README.partition("<!-- result")[2].partition("<!-- end")[0]


@pytest.mark.parametrize("target", re.findall(r"^    make (\w+)", README, re.MULTILINE))
def test_commands_of_make_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "command", sorted({*re.findall(r"^    h2h (\w+)", README + COMMANDS, re.MULTILINE)})
)
def test_commands_of_h2h_exist(command):
    assert Project(root=ROOT).h2h(command, "--help").returncode == 0
