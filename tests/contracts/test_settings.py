"""What every setting promises, found by discovery: where it can be given, and in what order."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from headtohead.config import Config
from headtohead.config_loading import load_config
from headtohead.errors import ConfigurationError
from tests.values import MODES, SETTINGS, as_toml, outside, two_values, variable_of, written

each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=[each.name for each in SETTINGS])


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


def mode_for(setting) -> dict[str, str]:
    """The mode that has to be given with a setting's flag, which others refuse."""
    modes = setting.metadata["modes"]
    return {"mode": modes[0]} if modes else {}


@each_setting
def test_flags_go_before_the_environment_and_that_before_the_table(setting, load):
    """Whoever gives it, a value has the setting's type and changes no other setting."""
    unset, mode = load(), mode_for(setting)

    def expect(config: Config, value: Any, **more: Any) -> None:
        assert config == replace(unset, **{**more, setting.name: value})
        assert type(getattr(config, setting.name)) is type(value)

    for one, other in permutations(two_values(setting)):
        table = f"{setting.name} = {as_toml(other)}"
        environment = {variable_of(setting): written(one)}
        expect(load(table), other)
        expect(load(environment=environment), one)
        expect(load(table, environment), one)
        for given in (other, written(other)):
            expect(load(table, environment, **mode, **{setting.name: given}), other, **mode)


def test_an_empty_variable_and_a_flag_that_is_not_given_say_nothing(load):
    for setting in SETTINGS:
        assert load(environment={variable_of(setting): ""}, **{setting.name: None}) == load()


def test_no_two_settings_have_one_variable():
    variables = [variable_of(each) for each in SETTINGS]
    assert len(set(variables)) == len(variables)


@pytest.mark.parametrize(
    "setting", [each for each in SETTINGS if outside(each)], ids=lambda setting: setting.name
)
def test_what_a_setting_cannot_be_is_refused_whoever_gives_it(setting, load):
    mode = mode_for(setting)
    variable, flag = variable_of(setting), f"--{setting.name.replace('_', '-')}"
    for value in outside(setting):
        for source, given in {
            f"[tool.headtohead] {setting.name}": {"table": f"{setting.name} = {as_toml(value)}"},
            variable: {"environment": {variable: written(value)}},
            flag: {**mode, setting.name: value},
        }.items():
            with pytest.raises(ConfigurationError) as refused:
                load(**given)
            problem = refused.value.problem
            assert problem in {f"{source} is {value}", f"{source} is {str(value)!r}"}
            assert setting.metadata["help"] in refused.value.fix


@pytest.mark.parametrize(
    "setting",
    [each for each in SETTINGS if each.metadata["modes"]],
    ids=lambda setting: setting.name,
)
def test_a_flag_is_refused_in_a_mode_that_would_ignore_it(setting, load):
    """Only a flag is: tables and variables hold for commands of every mode."""
    modes = setting.metadata["modes"]
    value, _ = two_values(setting)
    for mode in MODES:
        config = load(f"{setting.name} = {as_toml(value)}", mode=mode)
        assert getattr(config, setting.name) == value
        flags = {"mode": mode, setting.name: value}
        if mode in modes:
            assert getattr(load(**flags), setting.name) == value
            continue
        with pytest.raises(ConfigurationError) as refused:
            load(**flags)
        assert f"--mode {' or '.join(modes)}" in refused.value.fix
