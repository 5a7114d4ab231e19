"""The folder on PYTHONPATH: what a process of the project notices of it, next to nothing."""

import sys
from pathlib import Path

import pytest

from headtohead.protocol.isolation import Isolation
from tests.conftest import ROOT
from tests.interpreters import VERSIONS, own_environment, printed, required_interpreter, told

pytestmark = pytest.mark.process

SOURCE = ROOT / "src"
FOLDER = SOURCE / "headtohead" / "on_path"
ON = {"PYTHONPATH": str(FOLDER), "H2H_INSTRUMENT": str(SOURCE)}
TELL = "import json, sys; print(json.dumps({}))"

# Instead of Django and h2h: they say what happens to them.
STAND_INS = {
    "django/__init__.py": "",
    "django/conf/__init__.py": "print('conf', type(__loader__).__name__, "
    "__spec__.loader is __loader__)\nsettings = 1\n",
    "django/core/__init__.py": "",
    "django/core/handlers/__init__.py": "",
    "django/core/handlers/base.py": "print('base', type(__loader__).__name__)\nBaseHandler = 1\n",
    "rest_framework/__init__.py": "",
    "rest_framework/views.py": "APIView = 1\n",
    "ours/headtohead/__init__.py": "",
    "ours/headtohead/django/__init__.py": "",
    "ours/headtohead/django/isolation.py": "def after_django_conf(module):\n"
    "    print('isolated', module.__name__, module.settings)\n"
    "def after_rest_framework(module):\n"
    "    print('isolated', module.__name__, module.APIView)\n",
    "ours/headtohead/django/instrumentation.py": "def instrument(module):\n"
    "    print('instrumented', module.__name__, module.BaseHandler)\n",
}
IMPORTS = """
import sys
import django.conf
import django.core.handlers.base
import rest_framework.views
print([type(each).__name__ for each in sys.meta_path if type(each).__module__ == "sitecustomize"])
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has nothing installed."""
    return own_environment(tmp_path_factory.mktemp("bare") / "venv")


@pytest.fixture
def stand_ins(tmp_path: Path) -> dict[str, str]:
    for name, text in STAND_INS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(FOLDER), "H2H_INSTRUMENT": str(tmp_path / "ours")}


@pytest.mark.parametrize("version", VERSIONS)
def test_at_start_nothing_is_imported_or_said(version: str, tmp_path: Path) -> None:
    python = own_environment(tmp_path / "venv", interpreter=required_interpreter(version))
    modules = TELL.format("sorted(sys.modules)")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "sitecustomize.py").touch()
    without = told(python, "-c", modules, folder=tmp_path, PYTHONPATH=str(tmp_path / "empty"))
    assert told(python, "-c", modules, folder=tmp_path, **ON) == without
    assert "threading" not in without


def test_the_guard_begins_before_anything_of_the_project_does(python: Path, tmp_path: Path) -> None:
    isolation = tmp_path / "isolation.json"
    isolation.write_text(Isolation(guarded=True).to_json(), encoding="utf-8")
    given = {**ON, "H2H_ISOLATION": str(isolation)}
    threads = TELL.format(
        "[each for each in ('threading', 'ssl', 'django') if each in sys.modules]"
    )
    assert told(python, "-c", threads, folder=tmp_path, **given) == []
    finished = printed(python, "-c", "open('new', 'w')", folder=tmp_path, **given)
    assert (finished.returncode, (tmp_path / "new").exists()) == (1, False)
    assert "PermissionError" in finished.stderr


def test_the_path_of_the_project_is_what_it_is_without(python: Path, tmp_path: Path) -> None:
    path = TELL.format("sys.path")
    without = told(python, "-c", path, folder=tmp_path)
    assert told(python, "-c", path, folder=tmp_path, **ON) == without


def test_what_the_project_starts_has_it_too(python: Path, tmp_path: Path) -> None:
    found = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import headtohead'])"
    finished = printed(python, "-c", found, folder=tmp_path, **ON)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_h2h_is_found_and_nothing_that_is_installed_beside_it(python: Path, tmp_path: Path) -> None:
    beside = tmp_path / "site-packages"
    beside.mkdir()
    (beside / "headtohead").symlink_to(SOURCE / "headtohead")
    for library in ("numpy", "locust"):
        (beside / f"{library}.py").touch()
    find = """
import json
from importlib.util import find_spec
print(json.dumps([bool(find_spec(each)) for each in ("headtohead.django", "numpy", "locust")]))
"""
    environment = {**ON, "H2H_INSTRUMENT": str(beside)}
    found = told(python, "-c", find, folder=tmp_path, **environment)
    assert found == [True, False, False]


def test_the_server_side_can_be_imported_while_django_is(python: Path, tmp_path: Path) -> None:
    django = "[each for each in sys.modules if each.startswith(('django', 'asgiref'))]"
    run = f"import headtohead.django.instrumentation; {TELL.format(django)}"
    assert told(python, "-c", run, folder=tmp_path, **ON) == []


def test_an_h2h_of_the_projects_own_comes_first(python: Path, tmp_path: Path) -> None:
    (tmp_path / "headtohead.py").touch()
    where = "import json, headtohead; print(json.dumps(headtohead.__file__))"
    assert told(python, "-c", where, folder=tmp_path, **ON) == str(tmp_path / "headtohead.py")


@pytest.mark.parametrize("on", [ON, {"PYTHONPATH": str(FOLDER)}], ids=["on", "off"])
def test_the_projects_own_sitecustomize_runs(python: Path, tmp_path: Path, on) -> None:
    (tmp_path / "own").mkdir()
    own = tmp_path / "own" / "sitecustomize.py"
    own.write_text("import sys\nsys.path.append('added')\nruns = True\n", encoding="utf-8")
    environment = {**on, "PYTHONPATH": f"{FOLDER}:{tmp_path / 'own'}"}
    seen = "import json, sitecustomize as own, sys; print(json.dumps(%s))"
    what = seen % "[own.__file__, own.runs, 'added' in sys.path]"
    assert told(python, "-c", what, folder=tmp_path, **environment) == [str(own), True, True]


def test_a_broken_sitecustomize_of_the_project_is_as_broken_as_without(
    python: Path, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("import missing\n", encoding="utf-8")
    run = ("-c", "print('goes on')")
    without = printed(python, *run, folder=tmp_path, PYTHONPATH=str(tmp_path / "own"))
    with_it = printed(
        python, *run, folder=tmp_path, **{**ON, "PYTHONPATH": f"{FOLDER}:{tmp_path / 'own'}"}
    )
    assert "missing" in without.stderr
    assert (with_it.stdout, with_it.stderr) == (without.stdout, without.stderr)


def test_h2h_is_called_when_what_it_waits_for_is_imported_and_leaves_then(
    python: Path, tmp_path: Path, stand_ins: dict[str, str]
) -> None:
    finished = printed(python, "-c", IMPORTS, folder=tmp_path, H2H_ISOLATION="1", **stand_ins)
    assert finished.stdout.splitlines() == [
        "conf SourceFileLoader True",
        "isolated django.conf 1",
        "base SourceFileLoader",
        "instrumented django.core.handlers.base 1",
        "isolated rest_framework.views 1",
        "['_OwnPackages']",
    ]
    assert finished.stderr == ""


def test_a_project_is_isolated_only_where_that_is_asked_for(
    python: Path, tmp_path: Path, stand_ins: dict[str, str]
) -> None:
    (tmp_path / "ours/headtohead/django/isolation.py").unlink()
    finished = printed(python, "-c", IMPORTS, folder=tmp_path, **stand_ins)
    assert "isolated" not in finished.stdout
    assert "instrumented django.core.handlers.base 1" in finished.stdout
    assert finished.stderr == ""


def test_a_project_that_cannot_be_isolated_does_not_run(
    python: Path, tmp_path: Path, stand_ins: dict[str, str]
) -> None:
    (tmp_path / "ours/headtohead/django/isolation.py").unlink()
    # However often it tries.
    again = """
for _ in range(2):
    try:
        import django.conf
    except ImportError as error:
        print(error)
"""
    finished = printed(python, "-c", again, folder=tmp_path, H2H_ISOLATION="1", **stand_ins)
    refused = "No module named 'headtohead.django.isolation'"
    assert finished.stdout.splitlines() == ["conf SourceFileLoader True", refused] * 2


def test_a_project_goes_on_where_it_cannot_be_instrumented(
    python: Path, tmp_path: Path, stand_ins: dict[str, str]
) -> None:
    broken = tmp_path / "ours/headtohead/django/instrumentation.py"
    broken.write_text("raise ValueError('so old')\n", encoding="utf-8")
    finished = printed(python, "-c", IMPORTS, folder=tmp_path, **stand_ins)
    assert finished.returncode == 0
    assert finished.stdout.splitlines()[-1] == "['_OwnPackages']"
    assert finished.stderr == "h2h: no causes: ValueError: so old\n"


def test_gevent_patches_what_nobody_has_imported_before(tmp_path: Path) -> None:
    pytest.importorskip("gevent")
    patch = """
import json, sys
early = "threading" in sys.modules
from gevent import monkey
monkey.patch_all()
import django.core.handlers.base, threading
print(json.dumps([early, threading.get_ident.__module__]))
"""
    seen = told(Path(sys.executable), "-c", patch, folder=tmp_path, **ON)
    assert seen == [False, "gevent.thread"]
