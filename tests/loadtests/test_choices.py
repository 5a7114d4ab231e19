"""People on their journeys differ: how long they think, what they look at, what they buy."""

import json
import subprocess
import sys
from collections import Counter
from statistics import mean
from typing import Any

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def chosen() -> dict[str, list[Any]]:
    """What three hundred visits choose, whose random numbers are the same every time."""
    command = [sys.executable, "-m", "tests.loadtests.choosing", "1"]
    completed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(completed.stdout)


@pytest.mark.process
def test_people_think_for_seven_seconds_on_average_and_no_two_for_as_long(chosen):
    seconds = chosen["seconds"]
    assert len(set(seconds)) > 0.9 * len(seconds)
    assert mean(seconds) == pytest.approx(7, rel=0.15)
    # An exponential distribution has its median at ln 2 of its mean.
    assert sorted(seconds)[len(seconds) // 2] == pytest.approx(7 * 0.693, rel=0.2)
    assert 0 <= min(seconds) < max(seconds) <= 70


def test_most_look_at_early_pages_and_some_at_late_ones(chosen):
    pages = Counter(int(path.rpartition("=")[2]) for path, _ in chosen["page"])
    assert pages[1] > sum(pages.values()) / 3
    assert pages[1] > pages[2] > max(pages[page] for page in pages if page > 4)
    assert max(pages) > 10


@pytest.mark.parametrize("what", ["viewed", "chosen", "word", "hit", "edited"])
def test_every_product_of_forty_is_taken_about_equally_often(what, chosen):
    taken = Counter(path for path, _ in chosen[what])
    assert len(taken) == 40
    # Each of three hundred at one in forty: seven and a half, give or take.
    assert max(taken.values()) < 25


def test_what_is_bought_is_one_of_forty_and_up_to_three_of_it(chosen):
    items = [body["items"][0] for _, body in chosen["bought"]]
    assert len({item["product_id"] for item in items}) == 40
    quantities = Counter(item["quantity"] for item in items)
    assert quantities.keys() == {1, 2, 3}
    assert min(quantities.values()) > len(items) / 5
