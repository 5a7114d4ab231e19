import inspect
from collections.abc import Callable
from pathlib import Path

from headtohead.django.source_lines import location_of
from headtohead.protocol.explanation import Location

LIBRARY = """
def find(self=None):
    return location_of(currentframe())
"""


def of_library(module: str = "library") -> Callable[..., Location | None]:
    """A function that a package defines, and that says where it was called from."""
    names = {"__name__": module, "location_of": location_of, "currentframe": inspect.currentframe}
    exec(compile(LIBRARY, f"/srv/site-packages/{module}.py", "exec"), names)  # noqa: S102
    return names["find"]


def unchanged(given: type) -> type:
    return given


class Declared:
    """All that it does is done by a library's method."""

    find = of_library()


@unchanged
class Decorated:
    """The same, below a decorator, where a reader would not look for it."""

    find = of_library()


class Model:
    """The same, done by the ORM."""

    find = of_library("django.db.models.base")


def test_own_code_is_itself():
    found = location_of(inspect.currentframe())
    assert found.path.endswith("tests/django/test_source_lines.py")
    assert found.function == "test_own_code_is_itself"
    assert found.line == inspect.currentframe().f_lineno - 3


def test_a_function_of_a_library_is_whoever_called_it():
    assert of_library()().function == "test_a_function_of_a_library_is_whoever_called_it"


def test_a_method_of_a_library_is_the_class_of_whoever_it_works_on():
    found = Declared().find()
    assert found.path.endswith("tests/django/test_source_lines.py")
    assert found.function == "Declared.find"
    assert found.line == inspect.getsourcelines(Declared)[1]


def test_a_decorated_class_is_where_its_name_is():
    line = Path(__file__).read_text().splitlines()[Decorated().find().line - 1]
    assert line == "class Decorated:"


def test_a_model_did_not_ask_for_what_the_orm_does_to_it():
    found = Model().find()
    assert found.function == "test_a_model_did_not_ask_for_what_the_orm_does_to_it"


def test_where_nothing_is_the_projects_own_there_is_none():
    assert location_of(None) is None
