import sys

import pytest

from headtohead.errors import ConfigurationError, DeclarationError, UnknownExperimentError
from headtohead.experiment_registry import Registry, load_experiments
from tests.test_experiment import declare

MODULE = """
from headtohead.experiment import Experiment, Request, Variant

experiment = Experiment(
    name="{name}",
    question="Does it matter?",
    request=Request(path="/"),
    seam="shop.served",
    baseline=Variant(name="one", selector="shop.served"),
    variants=(Variant(name="other", selector="shop.other"),),
)
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package named after the test's folder, and a way to add modules to it."""
    name = f"declared_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield name, lambda module, text: (folder / f"{module}.py").write_text(text)
    for module in [each for each in sys.modules if each.partition(".")[0] == name]:
        del sys.modules[module]


def test_experiments_of_every_module_are_found_in_the_order_of_their_names(package):
    name, add = package
    add("first", MODULE.format(name="zebra"))
    add("second", MODULE.format(name="ant"))
    assert [experiment.name for experiment in load_experiments(name)] == ["ant", "zebra"]


def test_two_experiments_of_one_name_are_refused(package):
    name, add = package
    add("first", MODULE.format(name="ant"))
    add("second", MODULE.format(name="ant"))
    with pytest.raises(DeclarationError, match="two experiments are named 'ant'"):
        load_experiments(name)


def test_package_that_does_not_exist_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match="no_such_package"):
        load_experiments("no_such_package")


def test_module_that_cannot_be_imported_is_a_configuration_error(package):
    name, add = package
    add("broken", "import no_such_dependency")
    with pytest.raises(ConfigurationError, match="no_such_dependency"):
        load_experiments(name)


def test_selecting_nothing_selects_everything():
    registry = Registry([declare(name="b"), declare(name="a")])
    assert [experiment.name for experiment in registry.select([])] == ["a", "b"]


def test_selection_keeps_the_order_asked_for_without_repeats():
    registry = Registry([declare(name="a"), declare(name="b")])
    assert [each.name for each in registry.select(["b", "a", "b"])] == ["b", "a"]


def test_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(UnknownExperimentError, match="did you mean product-list"):
        Registry([declare()]).select(["produkt-list"])


def test_unknown_name_far_from_any_other_points_to_the_list():
    with pytest.raises(UnknownExperimentError, match="`h2h list`"):
        Registry([declare()]).select(["xyz"])


def test_what_cannot_be_timed_is_left_out_unless_it_is_named():
    registry = Registry([declare(name="a"), declare(name="b", timed=False, audit="shop.audit")])
    assert [each.name for each in registry.select_timed([])] == ["a"]
    assert [each.name for each in registry.select([])] == ["a", "b"]
    with pytest.raises(ConfigurationError, match="b has nothing to time; `h2h audit b`"):
        registry.select_timed(["a", "b"])
