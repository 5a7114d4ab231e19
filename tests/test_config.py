from pathlib import Path

import pytest

from headtohead.config import help_of
from headtohead.config_loading import load_config
from headtohead.errors import ConfigurationError


@pytest.fixture
def project(tmp_path):
    def write(table: str = "") -> Path:
        (tmp_path / "pyproject.toml").write_text(f"[tool.headtohead]\n{table}\n")
        return tmp_path

    return write


def load(root, *, environment=None, **flags):
    return load_config(start=root, environment=environment or {}, flags=flags)


def test_database_is_named_by_its_usual_variable(project):
    config = load(project(), environment={"H2H_DATABASE_URL": "postgresql://localhost/x"})
    assert config.database_url == "postgresql://localhost/x"


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
    with pytest.raises(ConfigurationError, match="no project here"):
        load(tmp_path)


def test_unknown_key_is_refused_with_the_nearest(project):
    with pytest.raises(ConfigurationError, match="'buget'; did you mean budget"):
        load(project("buget = 1"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("rows = true", "rows is True; give a whole number"),
        ("wsgi = 3", "wsgi is 3; give text"),
        ("rows = 0", "rows is 0; give 1 to 100000000"),
        ("rate = 0", "rate is 0; give 0.5 to 10000"),
        ("block = 0.1", "block is 0.1; give 0.25 to 10"),
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


def test_several_texts_are_a_list_or_lines(project):
    assert load(project()).copy == ()
    assert load(project('copy = [".env", "static/dist"]')).copy == (".env", "static/dist")
    assert load(project('copy = ".env"')).copy == (".env",)
    assert load(project(), environment={"H2H_COPY": ".env\nb, c"}).copy == (".env", "b, c")
    for wrong in ('[".env", 3]', '[""]', "3", "true", '{ a = ".env" }'):
        with pytest.raises(ConfigurationError, match="copy is .*; give a list of texts"):
            load(project(f"copy = {wrong}"))


def test_a_project_has_a_file_of_its_own_where_it_has_no_pyproject(tmp_path):
    (tmp_path / "headtohead.toml").write_text("rows = 3\n")
    below = tmp_path / "src"
    below.mkdir()
    assert (load(below).root, load(below).rows) == (tmp_path, 3)


@pytest.mark.parametrize("mark", ["manage.py", "pyproject.toml", ".git"])
def test_a_project_needs_no_settings(mark, tmp_path):
    (tmp_path / mark).touch()
    assert load(tmp_path).root == tmp_path
