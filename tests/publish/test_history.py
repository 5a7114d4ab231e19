"""A history in a real PostgreSQL."""

import pytest

from headtohead.ci.history.publishing import publish
from headtohead.ci.history.series import series_of
from tests.ci.history.samples import STEP, entries, entry

pytestmark = pytest.mark.stack


def test_measurements_and_changes_can_be_read_by_column(url, query):
    publish(series_of(entries(STEP)), url=url)
    assert query("SELECT count(*), min(ratio) FROM headtohead.history") == [(len(STEP), 0.996)]
    assert query("SELECT subject, git_commit, step > 1 FROM headtohead.changes") == [
        ("product-list", entry(10).commit, True)
    ]


def test_publishing_again_replaces_what_was_there(url, query):
    publish(series_of(entries(STEP)), url=url)
    publish(series_of(entries(STEP[:4])), url=url)
    assert query("SELECT count(*) FROM headtohead.history") == [(4,)]
    assert query("SELECT count(*) FROM headtohead.changes") == [(0,)]
