import io

import pytest
from rich.console import Console

from headtohead.cli.progress import watching
from headtohead.records.results import ExperimentResult
from tests.report.samples import invalid, several_variants


def shown_at_the_end_of(result: ExperimentResult) -> str:
    console = Console(file=io.StringIO(), width=200)
    with watching(console) as watch:
        watch.end(result)
    return console.file.getvalue()


@pytest.mark.parametrize("outcome", ["cached ratio 0.197 [0.193, 0.201]", "joined ratio 0.950 ["])
def test_an_experiment_ends_with_its_ratios_because_verdicts_wait_for_the_others(outcome):
    text = shown_at_the_end_of(several_variants())
    assert outcome in text
    assert "faster" not in text


def test_an_invalid_experiment_ends_without_a_ratio():
    assert shown_at_the_end_of(invalid()) == "category-summary  1840 pairs  invalid\n"


def test_what_is_said_stays_in_one_line_while_what_is_noted_goes():
    console = Console(file=io.StringIO(), width=40, force_terminal=True)
    said = "main has 3 commits [that] HEAD lacks; the comparison shows those, too"
    with watching(console) as watch:
        watch.note("copying the working tree")
        watch.say(said)
        watch.note("migrating")
    assert f"{said}\n" in console.file.getvalue()


def test_brackets_in_a_note_are_no_markup():
    console = Console(file=io.StringIO(), width=80)
    with watching(console) as watch:
        watch.note("those of python in [tool.headtohead]")
    assert console.file.getvalue() == "those of python in [tool.headtohead]\n"
