"""What every setting promises, found by discovery: where it can be given, and in what order."""

from dataclasses import replace
from typing import Any

import pytest

from headtohead.config import Config, load_config
from headtohead.errors import ConfigurationError
from tests.values import MODES, SETTINGS, as_toml, outside, two_values, variable_of, written

each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=[each.name for each in SETTINGS])
both_ways = pytest.mark.parametrize("turned", [False, True])


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """What a command is told that is given a table, an environment and flags."""
    folder = tmp_path_factory.mktemp("settings")

    def load(table: str = "", environment: dict[str, str] | None = None, **flags: Any) -> Config:
        (folder / "pyproject.toml").write_text(f"[tool.headtohead]\n{table}\n")
        return load_config(start=folder, environment=environment or {}, flags=flags)

    return load


def test_there_are_settings():
    assert {"seed", "warm_up", "early_stop", "database_url"} <= {each.name for each in SETTINGS}


@both_ways
@each_setting
def test_flags_go_before_the_environment_and_that_before_the_table(setting, turned, load):
    one, other = sorted(two_values(setting), key=str, reverse=turned)
    modes = setting.metadata["modes"]
    # A flag is refused in a mode that would not read it.
    mode = {"mode": modes[0]} if modes else {}
    unset = load()

    def expected(value: Any, **more: Any) -> Config:
        return replace(unset, **{**more, setting.name: value})

    table, environment = f"{setting.name} = {as_toml(other)}", {variable_of(setting): written(one)}
    assert load(table) == expected(other)
    assert load(environment=environment) == expected(one)
    assert load(table, environment) == expected(one)
    assert load(table, environment, **mode, **{setting.name: other}) == expected(other, **mode)


@each_setting
def test_a_value_has_the_type_of_the_setting_whoever_gives_it(setting, load):
    value, _ = two_values(setting)
    # The mode goes along, as some flags mean nothing in another one.
    modes = setting.metadata["modes"]
    mode = {"mode": modes[0]} if modes else {}
    for config in (
        load(f"{setting.name} = {as_toml(value)}"),
        load(environment={variable_of(setting): written(value)}),
        load(**mode, **{setting.name: written(value)}),
    ):
        assert getattr(config, setting.name) == value
        assert type(getattr(config, setting.name)) is type(value)


@each_setting
def test_an_empty_variable_and_a_flag_that_is_not_given_say_nothing(setting, load):
    assert load(environment={variable_of(setting): ""}, **{setting.name: None}) == load()


def test_no_two_settings_have_one_variable():
    variables = [variable_of(each) for each in SETTINGS]
    assert len(set(variables)) == len(variables)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        pytest.param(setting, value, id=f"{setting.name}-{value}")
        for setting in SETTINGS
        for value in outside(setting)
    ],
)
def test_what_a_setting_cannot_be_is_refused_whoever_gives_it(setting, value, load):
    modes = setting.metadata["modes"]
    mode = {"mode": modes[0]} if modes else {}
    variable, flag = variable_of(setting), f"--{setting.name.replace('_', '-')}"
    for source, give in {
        f"[tool.headtohead] {setting.name}": lambda: load(f"{setting.name} = {as_toml(value)}"),
        variable: lambda: load(environment={variable: written(value)}),
        flag: lambda: load(**mode, **{setting.name: value}),
    }.items():
        with pytest.raises(ConfigurationError) as refused:
            give()
        assert refused.value.problem in {f"{source} is {value}", f"{source} is {str(value)!r}"}
        assert setting.metadata["help"] in refused.value.fix


@pytest.mark.parametrize("mode", MODES)
@each_setting
def test_a_flag_is_refused_in_a_mode_that_would_ignore_it(setting, mode, load):
    """Only a flag is: tables and variables hold for commands of every mode."""
    modes = setting.metadata["modes"]
    value = mode if setting.name == "mode" else two_values(setting)[0]
    flags = {"mode": mode, setting.name: value}
    if not modes or mode in modes:
        assert getattr(load(**flags), setting.name) == value
        return
    with pytest.raises(ConfigurationError) as refused:
        load(**flags)
    assert f"--mode {' or '.join(modes)}" in refused.value.fix
    assert getattr(load(f"{setting.name} = {as_toml(value)}", mode=mode), setting.name) == value
