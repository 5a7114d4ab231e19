from pathlib import Path

import pytest

from headtohead.config import help_of, load_config
from headtohead.errors import ConfigurationError


@pytest.fixture
def project(tmp_path):
    def write(table: str = "") -> Path:
        (tmp_path / "pyproject.toml").write_text(f"[tool.headtohead]\n{table}\n")
        return tmp_path

    return write


def load(root, *, environment=None, **flags):
    return load_config(start=root, environment=environment or {}, flags=flags)


def test_defaults_hold_where_nothing_is_said(project):
    assert load(project()).budget == 20.0


def test_table_overrides_defaults_environment_the_table_and_flags_the_environment(project):
    root = project("rows = 10")
    assert load(root).rows == 10
    assert load(root, environment={"H2H_ROWS": "20"}).rows == 20
    assert load(root, environment={"H2H_ROWS": "20"}, rows=30).rows == 30


def test_flag_that_is_not_given_overrides_nothing(project):
    assert load(project("rows = 10"), rows=None).rows == 10


def test_database_is_named_by_its_usual_variable(project):
    config = load(project(), environment={"DATABASE_URL": "postgresql://localhost/x"})
    assert config.database_url == "postgresql://localhost/x"


def test_empty_variable_counts_as_not_set(project):
    assert load(project(), environment={"DATABASE_URL": ""}).database_url is None


@pytest.mark.parametrize(("word", "value"), [("no", False), ("0", False), ("TRUE", True)])
def test_switches_are_read_from_words(project, word, value):
    assert load(project(), environment={"H2H_EARLY_STOP": word}).early_stop is value


def test_project_is_found_from_a_folder_below_it(project):
    root = project("rows = 10")
    (root / "a" / "b").mkdir(parents=True)
    config = load(root / "a" / "b")
    assert config.root == root
    assert config.results_directory == root / "results"


def test_folder_without_a_project_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="inside a project"):
        load(tmp_path)


def test_unknown_key_is_refused_with_the_nearest(project):
    with pytest.raises(ConfigurationError, match="'buget'; did you mean budget"):
        load(project("buget = 1"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('rows = "many"', "rows is 'many'; give a whole number"),
        ("rows = true", "rows is True; give a whole number"),
        ("rows = 1.5", "rows is 1.5; give a whole number"),
        ("rows = 0", "rows is 0; give 1 to 100000000"),
        ("budget = nan", "budget is nan; give at least"),
        ("budget = inf", "budget is inf; give at least"),
        ("wsgi = 3", "wsgi is 3; give text"),
        ('early_stop = "maybe"', "early_stop is 'maybe'; give true or false"),
        ('mode = "speed"', "mode is 'speed'; give latency or throughput or open"),
        ("block = 0.1", "block is 0.1; give 0.25 to 10"),
        ("rate = 0", "rate is 0; give 0.5 to 10000"),
        ('arrivals = "bursts"', "arrivals is 'bursts'; give poisson or constant"),
        ("users = 0", "users is 0; give a whole number of users"),
        ('users = "4,2"', "users is '4,2'; give a whole number of users"),
        ('users = "many"', "users is 'many'; give a whole number of users"),
    ],
)
def test_values_of_the_wrong_kind_are_refused_with_what_is_wanted(project, table, message):
    with pytest.raises(ConfigurationError, match=message):
        load(project(table))


@pytest.mark.parametrize("given", ["1000000", "1_000_000", "1e6", " 1E6 "])
def test_whole_numbers_may_be_written_with_an_exponent(project, given):
    assert load(project(), environment={"H2H_ROWS": given}).rows == 1_000_000
    assert load(project(), rows=given).rows == 1_000_000


@pytest.mark.parametrize("given", ["1e-3", "1.5e0", "inf", "nan", "1e999", "many", ""])
def test_what_is_no_whole_number_is_refused_as_a_flag(project, given):
    with pytest.raises(ConfigurationError, match="--rows is .*; give a whole number"):
        load(project(), rows=given)


def test_a_slip_of_the_finger_does_not_fill_the_disk(project):
    with pytest.raises(ConfigurationError, match="--rows is 1000000000; give 1 to 100000000"):
        load(project(), rows="1e9")


def test_malformed_file_is_refused(project):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(project("rows = = 1"))


def test_table_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool]\nheadtohead = 3\n")
    with pytest.raises(ConfigurationError, match="no table"):
        load(tmp_path)


def test_help_names_variable_and_default():
    assert help_of("rows").endswith("Default 2000, or H2H_ROWS.")


def test_users_are_a_number_or_a_list(project):
    assert load(project()).users == (8,)
    assert load(project("users = 4")).users == (4,)
    assert load(project('users = "1,2, 4"')).users == (1, 2, 4)
    assert help_of("users").endswith("Default 8, or H2H_USERS.")


def test_flag_that_the_mode_would_ignore_is_refused_with_the_fix(project):
    root = project("users = 4")
    with pytest.raises(ConfigurationError, match="--users means nothing in latency mode; add --m"):
        load(root, users="8")
    with pytest.raises(ConfigurationError, match="leave --early-stop out"):
        load(root, mode="throughput", early_stop=True)
    assert load(root).users == (4,)
    assert load(root, mode="throughput", users="8", block=1.0).users == (8,)
    for mode in ("latency", "throughput"):
        with pytest.raises(ConfigurationError, match="--rate means nothing in .*; add --mode open"):
            load(root, mode=mode, rate=20.0)
    with pytest.raises(ConfigurationError, match="add --mode throughput or open, or leave"):
        load(root, block=1.0)
    assert load(root, mode="open", rate=20.0, block=1.0, arrivals="constant").rate == 20
