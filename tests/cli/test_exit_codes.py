"""What the shell is told of what was found."""

from dataclasses import replace

import pytest

from headtohead.check.equal_answers import Preflight, Problem
from headtohead.check.outcome import Outcome
from tests.audit.test_record import record as audit_with_failures
from tests.ci.gate import samples as gates
from tests.cli.work import FOLDER, WORK
from tests.report import samples
from tests.sweep.factories import invalid, sizes, sweep

INVALID = samples.run(samples.invalid())
FASTER = samples.run(replace(samples.ten_times_faster(), name="first"))
FINDING = Problem(variant="first/joined", problem="differs", fix="mend it")


@pytest.mark.parametrize(
    ("words", "answer", "code"),
    [
        ("run", (INVALID, FOLDER), 3),
        ("run", (FASTER, FOLDER), 0),
        ("aa", (INVALID, FOLDER), 3),
        # Whoever finds a difference where there is none finds them anywhere.
        ("aa", (FASTER, FOLDER), 3),
        ("compare", (INVALID, FOLDER), 3),
        ("compare", (FASTER, FOLDER), 0),
        ("sweep", (sweep([invalid(each) for each in sizes()]), FOLDER), 3),
        ("audit", audit_with_failures(), 1),
        ("check", Outcome(preflights={"first": Preflight(answers={}, findings=(FINDING,))}), 1),
        ("gate", (gates.gate(gates.SLOWER), INVALID), 1),
        ("gate", (gates.gate(gates.SLOWER, gates.INVALID), INVALID), 1),
        ("gate", (gates.gate(gates.INVALID), INVALID), 3),
        ("gate", (gates.gate(gates.INCONCLUSIVE), INVALID), 0),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_was_found_decides_the_exit_code(words, answer, code, form, command_line):
    work = WORK[words]
    for name, each in {**work.beside, work.does: answer}.items():
        command_line.stand_in(name, each)
    told = command_line.give(*words.split(), *work.needed, *form)
    assert told.completed.returncode == code, told.completed
    assert told.completed.stdout, "what was found is told all the same"
    if form:
        assert told.json()


@pytest.mark.parametrize(("asked", "told"), [(("--version",), "h2h "), ((), "Usage: ")])
def test_without_a_command_there_is_help(asked, told, command_line):
    completed = command_line.give(*asked).completed
    assert completed.returncode == 0
    assert completed.stdout.strip().startswith(told)


def test_every_command_has_help_with_an_example(command_line):
    for words in WORK:
        completed = command_line.give(*words.split(), "--help").completed
        assert completed.returncode == 0
        assert f"h2h {words}" in completed.stdout.partition("Example: ")[2]
