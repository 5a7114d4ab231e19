import tomllib

import pytest

from headtohead.init.write_configuration import (
    configuration,
    configured_in,
    place_for,
    with_table,
    write_configuration,
)
from tests.init.samples import ADDED, ADVISED, FAILED, FOUND, MISSING, OFFERED

PYPROJECT = '[project]\nname = "shop"  # ours\n'


def test_only_lines_that_are_needed_or_offered_count():
    text = configuration([FOUND, ADDED, OFFERED, MISSING, FAILED])
    assert tomllib.loads(text) == {"copy": [".env", "static/dist"], "openapi": "/openapi.json"}
    assert '# settings = "shop.settings"   # found: manage.py\n' in text
    assert '# data = "settings"\n# prepare = ["manage.py loaddata demo"]\n' in text
    assert "server" not in text
    assert tomllib.loads(configuration([ADVISED])) == {}


@pytest.mark.parametrize("fact", [FOUND, MISSING, ADVISED])
def test_what_stands_behind_a_comments_sign_is_a_line_that_counts(fact):
    lines = [line.removeprefix("# ") for line in configuration([fact]).splitlines()]
    kept = "\n".join(line for line in lines if line.startswith(tuple(fact.lines)))
    assert tomllib.loads(kept) == tomllib.loads("\n".join(fact.lines))


@pytest.mark.parametrize(
    "before",
    [
        PYPROJECT,
        PYPROJECT.rstrip("\n"),
        PYPROJECT.replace("\n", "\r\n"),
        "",
        "[tool.other]\na = [\n  1,\n]\n\n\n",
        "# é\n",
    ],
)
def test_the_rest_of_a_pyproject_stays_as_it_is(before):
    after = with_table(before, 'copy = [".env"]\n')
    assert after is not None
    assert after.startswith(before)
    expected = tomllib.loads(before)
    expected.setdefault("tool", {})["headtohead"] = {"copy": [".env"]}
    assert tomllib.loads(after) == expected
    added = after.removeprefix(before)
    assert ("\r" in added) == ("\r" in before)
    if before:
        assert "\n\n[tool" in after.replace("\r", "")


@pytest.mark.parametrize("before", ["tool = {a = 1}\n", "not TOML"])
def test_a_table_is_not_added_where_none_can_be(before, tmp_path):
    assert with_table(before, "copy = []\n") is None
    (tmp_path / "pyproject.toml").write_text(before)
    assert place_for(tmp_path, settings="copy = []\n") == ("headtohead.toml", "copy = []\n")


def test_a_project_without_a_pyproject_gets_a_file_of_its_own(tmp_path):
    assert configured_in(tmp_path) == ""
    assert place_for(tmp_path, settings="# it\n") == ("headtohead.toml", "# it\n")
    (tmp_path / "headtohead.toml").touch()
    assert configured_in(tmp_path) == "headtohead.toml"


def test_a_configuration_that_is_there_is_seen(tmp_path):
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_bytes(PYPROJECT.encode())
    assert configured_in(tmp_path) == ""
    name, text = place_for(tmp_path, settings="# it\n")
    assert (name, text) == ("pyproject.toml", f"{PYPROJECT}\n[tool.headtohead]\n# it\n")
    pyproject.write_text(text)
    assert configured_in(tmp_path) == "pyproject.toml"


def test_a_file_keeps_its_rights_and_a_link_leads_to_it(tmp_path):
    (tmp_path / "real.toml").write_text("before")
    (tmp_path / "real.toml").chmod(0o640)
    (tmp_path / "pyproject.toml").symlink_to("real.toml")
    write_configuration("a\r\nb", tmp_path / "pyproject.toml")
    assert (tmp_path / "real.toml").read_bytes() == b"a\r\nb"
    assert (tmp_path / "real.toml").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "pyproject.toml").is_symlink()
