"""What a side is told of servers, whatever its user has in the environment."""

from dataclasses import replace

import pytest

from headtohead.protocol.project_description import CacheSettings
from headtohead.services.project_variables import ADDRESSES
from headtohead.services.running_server import Endpoint, RunningServer
from headtohead.stack.asked_revisions import NO_BROKER
from headtohead.stack.revision_data import RevisionData
from tests.init.samples import side
from tests.stack.stacks import ignore, settings_in

MEMCACHED = CacheSettings(backend="x.PyMemcacheCache", kind="memcached", location="theirs")


@pytest.fixture
def told(tmp_path, monkeypatch):
    """The addresses among the variables of a side that has no database, with these caches."""
    server = RunningServer(name="memcached", pid=1, address="ours:1", log=None, version="1")
    monkeypatch.setattr(
        "headtohead.stack.revision_data.Memcached.start",
        lambda _: Endpoint(server=server, url="ours:1"),
    )

    def variables(**caches: CacheSettings) -> dict[str, str]:
        data = RevisionData(settings=settings_in(tmp_path), directory=tmp_path, progress=ignore)
        asked = side(databases={}, caches=caches)
        # As `apart` asks it: with its user's own variables.
        asked = replace(asked, project=replace(asked.project, addresses=(), broker_url=NO_BROKER))
        project = data.prepared([asked])[asked.name]
        return {name: each for name, each in project.variables().items() if name in ADDRESSES}

    return variables


def test_an_address_of_the_users_is_replaced_by_what_h2h_made_or_by_none(told, monkeypatch):
    for name in ADDRESSES:
        monkeypatch.setenv(name, "theirs")
    nothing = {"DATABASE_URL": "", "CACHE_URL": "", "BROKER_URL": "memory://", "MEMCACHED_URL": ""}
    assert told() == nothing
    assert told(default=MEMCACHED) == nothing | {"MEMCACHED_URL": "ours:1"}


def test_an_address_that_the_user_does_not_have_is_not_told(told, monkeypatch):
    for name in ADDRESSES:
        monkeypatch.delenv(name, raising=False)
    assert told(default=MEMCACHED) == {}
