import pytest

from headtohead.ci.gate.policy import FindingKind, Policy, Response, read_policy
from headtohead.errors import ConfigurationError


def test_what_is_not_said_is_as_strict_as_a_gate_needs_to_be():
    policy = read_policy({})
    fails = {kind for kind in FindingKind if policy.response(kind, experiment="e") is Response.FAIL}
    assert fails == {FindingKind.CHECKS, FindingKind.SLOWER, FindingKind.INVALID}
    passes = {
        kind for kind in FindingKind if policy.response(kind, experiment="e") is Response.PASS
    }
    assert passes == {FindingKind.PASSED, FindingKind.FASTER}


def test_a_margin_is_the_experiments_own_or_the_policys_or_the_projects():
    policy = read_policy({"margin": 0.05, "experiments": {"search": {"margin": 0.1}}})
    assert policy.margin_of("search", default=0.02) == 0.1
    assert policy.margin_of("product-list", default=0.02) == 0.05
    assert Policy().margin_of("product-list", default=0.02) == 0.02


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"slowr": "fail"}, "unknown field `slowr`"),
        ({"slower": "explode"}, "'explode' - at `[tool.headtohead.gate].slower`"),
        ({"budget": "much"}, "at `[tool.headtohead.gate].budget`"),
        ({"budget": 0}, "at `[tool.headtohead.gate].budget`"),
        ({"rounds": 3}, "at `[tool.headtohead.gate].rounds`"),
        ({"experiments": {"e": {"margin": -1}}}, "at `[tool.headtohead.gate].experiments[...]"),
    ],
)
def test_what_means_nothing_is_refused_with_the_place_where_it_stands(table, problem):
    with pytest.raises(ConfigurationError) as refused:
        read_policy(table)
    assert problem in str(refused.value)
    assert refused.value.fix
