import sys
from pathlib import Path

import pytest

from headtohead.config import Config
from headtohead.errors import ConfigurationError
from headtohead.load.messages.background import BackgroundTally
from headtohead.run.background import (
    DEFAULT_USERS,
    BackgroundScenario,
    BackgroundSnapshot,
    background_caveats,
    background_use,
    chosen_scenario,
    scenario_names,
)
from headtohead.validity import generator


@pytest.fixture
def journeys(tmp_path, monkeypatch) -> str:
    """A package of two journeys, neither of which can be imported."""
    package = f"journeys_{tmp_path.name}".replace("-", "_")
    folder = tmp_path / package
    folder.mkdir()
    for name in ("browse", "search"):
        (folder / f"{name}.py").write_text("import no_such_module")
    monkeypatch.syspath_prepend(tmp_path)
    return package


def config(background: str | None, *, scenarios: str) -> Config:
    return Config(root=Path(), background=background, scenarios=scenarios)


def look(
    requests: int, errors: int = 0, *, at: float = 0.0, example: str = ""
) -> BackgroundSnapshot:
    return BackgroundSnapshot(
        scenario=BackgroundScenario(name="browse", users=3),
        at=at,
        tally=BackgroundTally(requests=requests, errors=errors, example=example),
    )


def lost(*, at: float = 0.0) -> BackgroundSnapshot:
    return BackgroundSnapshot(
        scenario=BackgroundScenario(name="browse", users=3), at=at, tally=None, problem="KeyError"
    )


def test_nothing_runs_beside_unless_asked_for():
    assert chosen_scenario(config(None, scenarios="no_such_package")) is None


@pytest.mark.parametrize(
    ("given", "users"), [("browse", DEFAULT_USERS), ("browse:", DEFAULT_USERS), ("browse:5", 5)]
)
def test_a_journey_is_named_with_or_without_users(given, users, journeys):
    chosen = chosen_scenario(config(given, scenarios=journeys))
    assert chosen == BackgroundScenario(name="browse", users=users)


def test_journeys_are_found_and_not_imported(journeys):
    assert scenario_names(journeys) == ("browse", "search")
    assert f"{journeys}.browse" not in sys.modules


@pytest.mark.parametrize("given", ["brows", "", ":5", "__init__"])
def test_an_unknown_journey_is_refused_with_those_there_are(given, journeys):
    with pytest.raises(ConfigurationError, match=r"--background .* with one of browse, search$"):
        chosen_scenario(config(given, scenarios=journeys))


@pytest.mark.parametrize("package", ["no_such_package", "no_such_package.scenarios", "json.tool"])
def test_a_project_without_journeys_is_told_where_they_would_be(package):
    with pytest.raises(ConfigurationError, match=f"no journeys in '{package}'.*`scenarios`"):
        chosen_scenario(config("browse", scenarios=package))


@pytest.mark.parametrize("users", ["0", "-1", "many", "1.5"])
def test_a_number_of_users_that_is_none_is_refused(users, journeys):
    with pytest.raises(ConfigurationError, match="give users as in browse:20"):
        chosen_scenario(config(f"browse:{users}", scenarios=journeys))


def test_what_was_done_between_two_looks_is_counted():
    use = background_use(look(10, 1, at=5.0), look(30, 2, at=15.0))
    assert (use.scenario, use.users) == ("browse", 3)
    assert (use.requests, use.errors, use.requests_per_second) == (20, 1, 2.0)
    assert background_use(None, None) is None
    assert list(background_caveats(None, None)) == []


def test_background_load_that_goes_well_has_no_caveat():
    assert list(background_caveats(look(10, 1), look(30, 1))) == []


@pytest.mark.parametrize(("errors", "invalidates"), [(1, False), (5, False), (6, True)])
def test_failures_weaken_and_many_of_them_invalidate(errors, invalidates):
    example = "GET /: 500"
    (caveat,) = background_caveats(look(0), look(100, errors, example=example))
    assert caveat == generator.background_errors(
        scenario="browse", errors=errors, requests=100, example=example, invalidates=invalidates
    )


@pytest.mark.parametrize("before", [look(10), lost()])
def test_background_load_that_ended_invalidates(before):
    assert list(background_caveats(before, lost(at=1.0))) == [
        generator.background_lost(scenario="browse", reason=lost().problem)
    ]
    assert background_use(before, lost(at=1.0)).requests == 0
