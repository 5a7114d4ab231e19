import pytest

from headtohead.django.observation import serving
from headtohead.django.variant_choice import Chooser, current_choice, seam
from headtohead.experiment import Experiment, Request, Variant
from headtohead.experiment_registry import Registry
from headtohead.protocol.headers import baggage_members, requested_names

HERE = __name__


@seam
def greeting(*, name: str) -> str:
    return f"hello {name}"


def loud_greeting(*, name: str) -> str:
    # Builds on the seam, which within a variant is the function itself.
    return greeting(name=name).upper()


@seam
def farewell() -> str:
    return "bye"


@pytest.fixture
def chooser() -> Chooser:
    return Chooser(
        Registry(
            [
                Experiment(
                    name="greeting",
                    question="Is shouting slower?",
                    request=Request(path="/"),
                    seam=f"{greeting.__module__}.greeting",
                    baseline=Variant(name="calm", selector=f"{greeting.__module__}.greeting"),
                    variants=(
                        Variant(name="loud", selector=f"{greeting.__module__}.loud_greeting"),
                    ),
                )
            ]
        )
    )


def test_without_a_choice_the_function_itself_runs():
    assert greeting(name="you") == "hello you"


def test_chosen_variant_runs_in_place_of_the_seam(chooser):
    with serving(chooser.choose("greeting", "loud")):
        assert greeting(name="you") == "HELLO YOU"
        assert greeting(name="again") == "HELLO AGAIN"
    assert greeting(name="you") == "hello you"


def test_variant_that_is_the_seam_runs_the_functions_own_body(chooser):
    with serving(chooser.choose("greeting", "calm")):
        assert greeting(name="you") == "hello you"


def test_other_seams_are_left_alone(chooser):
    with serving(chooser.choose("greeting", "loud")):
        assert farewell() == "bye"


def test_choice_takes_effect_only_when_its_seam_is_called(chooser):
    with serving(chooser.choose("greeting", "loud")) as observation:
        farewell()
        assert observation.variant == ""
        greeting(name="you")
        assert observation.variant == "greeting/loud"


def test_choice_ends_with_its_block_even_after_an_error(chooser):
    with pytest.raises(ValueError, match="x"), serving(chooser.choose("greeting", "loud")):
        raise ValueError("x")
    assert current_choice() is None


@pytest.mark.parametrize("names", [("greeting", "silent"), ("farewell", "loud"), ("", "")])
def test_undeclared_names_are_no_choice(chooser, names):
    assert chooser.choose(*names) is None


@pytest.mark.parametrize(
    ("baggage", "names"),
    [
        ("h2h.experiment=a,h2h.variant=b", ("a", "b")),
        ("other=1, h2h.variant = b ;ttl=3 , h2h.experiment=a", ("a", "b")),
        ("h2h.experiment=a%20b,h2h.variant=c", ("a b", "c")),
        ("h2h.experiment=a", None),
        ("h2h.variant=b", None),
        ("h2h.experiment=,h2h.variant=b", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_names_are_read_from_baggage(baggage, names):
    assert requested_names(baggage_members(baggage)) == names
