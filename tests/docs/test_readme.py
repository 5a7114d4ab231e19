"""The README keeps its word."""

import re
import sys

import pytest

from tests.conftest import ROOT, UNTIL_SETTLED, Project, copy_project

sys.path.insert(0, str(ROOT / "docs"))
from build import readme_with_result

README = (ROOT / "README.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
SNIPPET = re.compile(r"<!-- experiment: (\S+) -->\n```python\n(.*?)```", re.DOTALL)


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


@pytest.mark.alone
@pytest.mark.stack
def test_the_experiment_in_one_file_works_as_it_stands(tmp_path):
    project = copy_project(tmp_path)
    path, text = SNIPPET.search(README).groups()
    (project.root / path).write_text(text)
    try:
        record = project.measure("product-columns", "--rows", "100", *UNTIL_SETTLED)
    finally:
        project.h2h("down")
    (comparison,) = record["experiments"][0]["comparisons"]
    assert (comparison["baseline"], comparison["variant"]) == ("all-columns", "shown-columns")
