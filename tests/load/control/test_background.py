from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from headtohead.errors import ConfigurationError
from headtohead.host.cores import available_cores
from headtohead.load.control.background import BackgroundLoad, background_load
from headtohead.load.messages.background import BackgroundPlan
from tests.processes import children_of_load

pytestmark = pytest.mark.load

# Of the server whose paths name how its variants misbehave.
HEADERS = "{'Baggage': 'h2h.experiment=e,h2h.variant=other'}"


def strolling(path: str, *, more: str = "") -> str:
    """A module whose users ask for a path again and again."""
    return f"""
from locust import FastHttpUser, constant, task

class Visitor(FastHttpUser):
    wait_time = constant(0.01)

    @task
    def look(self):
        self.client.get("{path}", headers={HEADERS})
{more}
"""


@contextmanager
def beside(
    folder: Path, module: str, *, url: str = "http://127.0.0.1:9", users: int = 2
) -> Iterator[BackgroundLoad]:
    (folder / "stroll.py").write_text(module)
    plan = BackgroundPlan(root=str(folder), module="stroll", base_url=url, users=users)
    with background_load(plan, cores=available_cores()) as load:
        yield load


def test_users_are_on_their_way_until_the_block_ends(tmp_path, variants_server):
    with beside(tmp_path, strolling("/equal"), url=variants_server) as load:
        before = load.tally().requests
        while load.tally().requests < before + 10:
            assert len(children_of_load("background")) == 1
        assert load.tally().errors == 0
    assert children_of_load("background") == []


def test_each_user_has_started_before_anything_else_goes_on(tmp_path, variants_server):
    starting = "    def on_start(self): self.look(), self.look(), self.look()"
    module = strolling("/equal", more=starting)
    with beside(tmp_path, module, url=variants_server, users=7) as load:
        assert load.tally().requests >= 21


def test_a_user_that_cannot_start_keeps_nobody_waiting(tmp_path, variants_server):
    module = strolling("/equal", more="    def on_start(self): raise ValueError('no')")
    with beside(tmp_path, module, url=variants_server) as load:
        assert load.tally().errors == 2


def test_classes_that_say_how_many_they_are_may_be_fewer_than_asked_for(tmp_path, variants_server):
    module = strolling("/equal", more="    fixed_count = 1")
    with beside(tmp_path, module, url=variants_server, users=5) as load:
        assert load.tally().errors == 0


def test_failures_are_counted_with_an_example(tmp_path, variants_server):
    with beside(tmp_path, strolling("/failing"), url=variants_server) as load:
        tally = load.tally()
        while tally.errors < 3:
            tally = load.tally()
        assert tally.errors == tally.requests
        assert tally.example.startswith("GET /failing: ")
        assert "500" in tally.example


def test_a_journey_that_breaks_down_counts_as_an_error(tmp_path, variants_server):
    module = strolling("/equal").replace("self.client.get(", "raise ValueError('no')  # ")
    with beside(tmp_path, module, url=variants_server) as load:
        tally = load.tally()
        while not tally.errors:
            tally = load.tally()
        assert (tally.requests, tally.example) == (0, "no")


def test_what_journeys_print_is_no_tally(tmp_path, variants_server):
    module = strolling("/equal").replace("self.client", "print('hello') or self.client")
    with beside(tmp_path, module, url=variants_server) as load:
        while load.tally().requests < 5:
            pass


def test_a_process_that_was_killed_has_no_tally(tmp_path, variants_server):
    with beside(tmp_path, strolling("/equal"), url=variants_server) as load:
        (process,) = children_of_load("background")
        process.kill()
        process.wait()
        assert load.tally() is None
        assert load.tally() is None
        assert load.last_words() == "without a word"
    assert children_of_load("background") == []


@pytest.mark.parametrize(
    ("module", "reason"),
    [("import no_such_module", "no_such_module"), ("", "stroll declares no Locust user")],
)
def test_a_module_that_is_no_journey_is_refused_with_what_is_wrong(tmp_path, module, reason):
    with pytest.raises(ConfigurationError, match=reason), beside(tmp_path, module):
        pytest.fail("there is nobody")
    assert children_of_load("background") == []
