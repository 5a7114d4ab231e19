from dataclasses import replace
from pathlib import Path

import pytest

from headtohead.config import Config
from headtohead.experiment import Experiment, Request, Variant
from headtohead.stack.availability import lack_of, runnable
from headtohead.stack.settings import stack_settings

PLAIN = Experiment(
    name="plain",
    question="Does it matter?",
    request=Request(path="/"),
    seam="shop.served",
    baseline=Variant(name="one", selector="shop.served"),
    variants=(Variant(name="other", selector="shop.other"),),
)
QUEUED = replace(PLAIN, name="queued", needs=("celery",))
CACHED = replace(PLAIN, name="cached", needs=("memcached",))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(root=tmp_path, celery="shop.work", memcached_url="localhost:11211")


def test_the_stack_gets_the_services_that_the_experiments_need(config: Config) -> None:
    assert stack_settings(config).services == ()
    assert stack_settings(config, [PLAIN]).services == ()
    both = stack_settings(config, [CACHED, QUEUED, QUEUED])
    assert both.services == ("celery", "memcached")
    assert (both.celery, both.memcached_url) == ("shop.work", "localhost:11211")


def test_all_that_can_be_had_is_run(config: Config) -> None:
    notes: list[str] = []
    assert runnable([PLAIN, QUEUED, CACHED], config=config, note=notes.append) == (
        *(PLAIN, QUEUED),
        CACHED,
    )
    assert notes == []


def test_what_cannot_be_had_is_skipped_with_what_brings_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    bare = replace(config, celery=None, memcached_url=None)
    notes: list[str] = []
    assert runnable([PLAIN, QUEUED, CACHED], config=bare, note=notes.append) == (PLAIN,)
    assert notes == [
        f"{each.name} is skipped: {lack_of(each, config=bare)}" for each in (QUEUED, CACHED)
    ]
    assert "sudo apt-get install memcached" in notes[1]


def test_what_a_server_elsewhere_has_is_not_known(config: Config) -> None:
    elsewhere = replace(config, celery=None, url="http://api.example")
    assert runnable([QUEUED], config=elsewhere, note=pytest.fail) == (QUEUED,)
