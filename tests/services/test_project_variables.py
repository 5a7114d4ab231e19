"""How a project learns of its secrets and of h2h."""

from pathlib import Path

from headtohead.services.project_variables import instrumented, secrets_of
from tests.conftest import ROOT
from tests.services.test_django_project import TOLD


def test_every_secret_is_one_of_its_own():
    first, second = secrets_of(TOLD), secrets_of(TOLD)
    assert first.keys() == second.keys() == {"SECRET_KEY", "SIGNING_KEY"}
    assert len({*first.values(), *second.values()}) == 4


def test_an_instrumented_project_keeps_its_path_behind_one_folder_of_one_file():
    variables = {"PYTHONPATH": "its/own:another", "TZ": "UTC"}
    given = instrumented(variables)
    folder = Path(given["PYTHONPATH"].partition(":")[0])
    assert [each.name for each in folder.glob("*.py")] == ["sitecustomize.py"]
    assert given["PYTHONPATH"] == f"{folder}:its/own:another"
    own, beside = given["H2H_INSTRUMENT"].split(":")
    assert own == str(ROOT / "src")
    assert (Path(beside) / "gunicorn").is_dir()
    assert given["TZ"] == "UTC"


def test_an_instrumented_project_without_a_path_looks_nowhere_else():
    # An empty entry would be the folder that it runs in.
    for variables in ({}, {"PYTHONPATH": ""}):
        assert ":" not in instrumented(variables)["PYTHONPATH"]
