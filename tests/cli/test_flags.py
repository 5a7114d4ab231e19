"""Every flag and argument of every command reaches what does the work, found by discovery."""

from dataclasses import replace
from enum import EnumType
from typing import Any

import pytest

from headtohead.compare.endpoints import endpoints_at
from headtohead.experiment_registry import Registry
from headtohead.records.store import to_json
from tests.cli.cases import CASES, SERVED, VARIABLES
from tests.cli.commands import REGISTRY, RUN, declared_commands
from tests.cli.work import SWEEP, WORK
from tests.values import MODES, SETTINGS, two_values, variable_of, written

COMMANDS = declared_commands()
PARAMETERS = {
    (words, each.name): each for words, command in COMMANDS.items() for each in command.params
}
JSON = ("as_json", "to_stdout")
BY_NAME = {each.name: each for each in SETTINGS}


def is_setting(parameter: tuple[str, str]) -> bool:
    return parameter not in CASES and parameter[1] in BY_NAME


def flags_of(words: str, *, mode: str) -> list[tuple[str, Any]]:
    """The settings that have a flag of a command, which is not refused in that mode."""
    return [
        (name, declared)
        for (of, name), declared in PARAMETERS.items()
        if of == words and is_setting((of, name))
        if not mode or mode in (BY_NAME[name].metadata["modes"] or (mode,))
    ]


def commands_with_settings() -> list[tuple[str, str]]:
    """Each with the modes that it can be given."""
    return [
        (words, mode)
        for words in WORK
        if flags_of(words, mode="")
        for mode in (MODES if (words, "mode") in PARAMETERS else ("",))
    ]


def takes_settings(words: str) -> bool:
    return words not in {
        *("report", "worker", "publish", "dashboards build"),
        *("history show", "history changes", "history publish"),
    }


def test_there_are_commands_and_each_has_its_work():
    assert WORK.keys() == COMMANDS.keys() >= {"run", "history add", "dashboards build"}


def test_every_flag_has_a_case():
    """Whoever adds a flag says in `CASES` what it decides, unless it is that of a setting."""
    lacking = []
    for parameter, declared in PARAMETERS.items():
        if is_setting(parameter) or declared.name in JSON:
            assert declared.param_type_name == "option"
            continue
        cases = CASES.get(parameter, [])
        given = {argument for arguments, *_ in cases for argument in arguments}
        kind = declared.type_descriptor.annotation
        values = {*kind} - {declared.default} if isinstance(kind, EnumType) else set()
        expected = {*declared.opts, *declared.secondary_opts, *values}
        if not cases or (declared.param_type_name == "option" and not expected <= given):
            lacking.append(parameter)
    assert lacking == []


@pytest.mark.parametrize(
    ("parameter", "case"),
    [
        pytest.param(parameter, case, id=" ".join([parameter[0], parameter[1], *case[0]]))
        for parameter, cases in CASES.items()
        for case in cases
    ],
)
def test_what_is_given_decides_what_the_work_is_told(parameter, case, give):
    arguments, look, expected = case
    assert look(*give(parameter[0], *arguments)) == expected


@pytest.mark.parametrize("switched", [True, False], ids=["on", "off"])
@pytest.mark.parametrize(("words", "mode"), commands_with_settings())
def test_all_flags_of_settings_go_before_their_variables_and_change_no_other(
    words, mode, switched, give
):
    """All at once, so that none of them gets in the way of another."""
    work = WORK[words]
    flags, values, elsewhere = [], {}, {}
    for name, declared in flags_of(words, mode=mode):
        one, other = two_values(BY_NAME[name])
        if isinstance(one, bool):
            one, other = switched, not switched
            flags += (declared.opts if switched else declared.secondary_opts)[:1]
            if not switched and not declared.secondary_opts:
                continue
        else:
            one = mode if name == "mode" else one
            flags += [declared.opts[0], written(one)]
        values[name], elsewhere[variable_of(BY_NAME[name])] = one, written(other)
    told_work, told = give(words, *flags, **elsewhere)
    expected = told.config(**{"mode": work.mode} if work.mode else {}, **values)
    assert {name: getattr(expected, name) for name in values} == values
    assert work.sees(told_work) == work.means(expected)


@pytest.mark.parametrize("words", [words for words in WORK if takes_settings(words)])
def test_settings_reach_a_command_that_has_no_flags_for_them(words, give):
    work = WORK[words]
    environment = {
        variable_of(each): written(two_values(each)[0])
        for each in SETTINGS
        # Those refuse, or skip, what the command is about.
        if each.name != "url"
    }
    told_work, told = give(words, **environment)
    assert work.sees(told_work) == work.means(
        told.config(**{"mode": work.mode} if work.mode else {})
    )


@pytest.mark.parametrize(
    ("words", "arguments", "environment", "look", "expected"),
    VARIABLES,
    ids=[f"{words} {' '.join(environment)}" for words, _, environment, *_ in VARIABLES],
)
def test_settings_decide_what_a_command_itself_does(
    words, arguments, environment, look, expected, give
):
    work, told = give(words, *arguments, **environment)
    assert look(work, told) == (expected(work, told) if callable(expected) else expected)


@pytest.mark.parametrize(
    ("words", "flag"),
    [(words, name) for words, name in PARAMETERS if name in JSON],
    ids=[words for words, name in PARAMETERS if name in JSON],
)
def test_json_is_printed_whole_and_alone_and_only_when_asked_for(words, flag, give):
    _, told = give(words, "--json")
    assert told.completed.returncode == 0, told.completed
    assert told.json()
    if WORK[words].record:
        assert told.completed.stdout == to_json(WORK[words].record)
    _, plain = give(words)
    assert plain.completed.returncode == 0
    assert plain.completed.stdout != told.completed.stdout
    with pytest.raises(ValueError, match="Expecting value|Extra data"):
        plain.json()


@pytest.mark.parametrize("publishes", [True, False])
@pytest.mark.parametrize("explains", [True, False])
@pytest.mark.parametrize("words", ["run", "aa"])
def test_a_run_is_explained_and_published_where_that_is_asked(words, explains, publishes, give):
    """Each alone and both at once; a baseline against itself is neither."""
    _, told = give(words, H2H_EXPLAIN=written(explains), H2H_PUBLISH=written(publishes))
    explained = told.calls["headtohead.cli.run_commands.explain_run"]
    published = told.calls["headtohead.publish.publish_runs.publish"]
    asked_for = words == "run"
    assert [each["record"] for each in explained] == [RUN] * (explains and asked_for)
    assert [each["records"] for each in published] == [[RUN]] * (publishes and asked_for)
    assert told.completed.returncode == 0


@pytest.mark.parametrize(
    ("words", "record", "pages"),
    [
        *((words, RUN, {"report.html", "report.md"}) for words in ("run", "aa", "compare", "gate")),
        ("sweep", SWEEP, {"sweep.html"}),
    ],
)
def test_what_measures_writes_its_reports_beside_the_record(words, record, pages, give, tmp_path):
    work, _ = give(words)
    folder = tmp_path / "of-a-run"
    folder.mkdir()
    work["write_reports"](record, folder)
    assert {path.name for path in folder.iterdir()} == pages


@pytest.mark.parametrize(
    ("words", "takes"), [("audit", ["first", "second"]), ("run", ["second"]), ("check", ["second"])]
)
def test_only_an_audit_takes_what_cannot_be_timed(words, takes, give, command_line):
    first, second = REGISTRY
    mixed = Registry([replace(first, timed=False, audit="shop.audit"), second])
    command_line.stand_in("headtohead.cli.project.load_experiments", mixed)
    work, _ = give(words)
    assert [each.name for each in work["experiments"]] == takes


def test_where_nothing_is_named_a_comparison_asks_for_what_is_found(give, command_line):
    found = endpoints_at(["/found/"])
    command_line.stand_in("headtohead.cli.project.load_experiments", Registry([]))
    command_line.stand_in("headtohead.compare.finding.find_endpoints", found)
    work, told = give("compare", "--budget", "9")
    assert work["choose"](SERVED) == (found, ())
    (given,) = told.calls["headtohead.compare.finding.find_endpoints"]
    assert (given["served"], given["budget"], given["seconds"]) == (SERVED, 9, 180)
    assert given["document"] == told.config().openapi
