from dataclasses import replace

import pytest

from headtohead.init.report import Configuration, brief
from headtohead.init.write_configuration import configuration
from headtohead.report import markdown, terminal
from tests.golden import Golden, printed, sections
from tests.init.samples import ADDED, ADVISED, FAILED, FOUND, MISSING, NO_BASE, OFFERED, survey

READY = survey(FOUND, ADDED, OFFERED, path="/api/things/?page=2")
LACKING = survey(FOUND, ADVISED, MISSING, FAILED, path="")
WRITTEN = Configuration(
    text=configuration(READY.facts), file="pyproject.toml", written=True, there_already=False
)
DRY = replace(WRITTEN, written=False)
THERE = replace(DRY, there_already=True)


@pytest.mark.parametrize("width", [60, 100])
def test_terminal(golden: Golden, width: int) -> None:
    shown = {
        "written": (READY, WRITTEN),
        "dry run": (READY, DRY),
        "there already": (LACKING, THERE),
        "no base": (survey(NO_BASE, FOUND), WRITTEN),
    }
    texts = {
        name: printed(terminal.render, brief(*each), width=width) for name, each in shown.items()
    }
    golden(f"init.{width}.txt", sections(**texts))


def test_markdown(golden: Golden) -> None:
    golden("init.md", markdown.render(brief(LACKING, THERE)))


@pytest.mark.parametrize(
    ("found", "added", "ready"),
    [
        (READY, True, True),
        (READY, False, False),
        (LACKING, True, False),
        (survey(FOUND, ADVISED, OFFERED), False, True),
    ],
)
def test_a_comparison_works_where_nothing_is_missing_or_left_to_add(found, added, ready):
    assert found.ready(added=added) is ready


@pytest.mark.parametrize("named", [True, False])
def test_what_works_is_what_was_tried_by_its_name_or_all_that_is_found(named):
    told = printed(terminal.render, brief(replace(READY, named=named), WRITTEN), width=100)
    assert (" --path " in told) is named
