from dataclasses import replace

import pytest

from benchmarks.validation.folder import TrialFolder
from benchmarks.validation.scenarios import select_scenarios
from headtohead.errors import ConfigurationError, RecordError
from tests.benchmarks.validation.factories import trace
from tests.benchmarks.validation.test_summary import SETUP

ASKED = {"subject": "e/one", "seconds": 2.0, "seed": 1}


def test_finished_trials_are_known_again(tmp_path):
    folder = TrialFolder(tmp_path / "new" / "folder")
    (quiet,) = select_scenarios(["aa-quiet"])
    folder.write(trace(index=3))
    again = TrialFolder(folder.path)
    assert again.has(quiet, 3)
    assert not again.has(quiet, 4)
    assert [each.index for each in again.traces()] == [3]


def test_trials_come_in_the_order_they_were_taken(tmp_path):
    folder = TrialFolder(tmp_path)
    for index, started_at in enumerate([30.0, 10.0, 20.0]):
        folder.write(trace(index=index, started_at=started_at))
    assert [each.index for each in folder.traces()] == [1, 2, 0]


def test_setup_is_kept_for_whoever_goes_on(tmp_path):
    folder = TrialFolder(tmp_path)
    assert folder.setup(**ASKED) is None
    folder.write_setup(SETUP)
    assert TrialFolder(tmp_path).setup(**ASKED) == SETUP


@pytest.mark.parametrize("change", [{"subject": "e/other"}, {"seconds": 3.0}, {"seed": 2}])
def test_trials_of_something_else_are_not_added_to(tmp_path, change):
    folder = TrialFolder(tmp_path)
    folder.write_setup(SETUP)
    with pytest.raises(ConfigurationError, match="another folder with --output"):
        folder.setup(**ASKED | change)


def test_damaged_setup_is_named(tmp_path):
    folder = TrialFolder(tmp_path)
    folder.write_setup(replace(SETUP, seed=1))
    (tmp_path / "setup.json").write_text("{}")
    with pytest.raises(RecordError, match=r"setup\.json"):
        folder.setup(**ASKED)


def test_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="--output"):
        TrialFolder(tmp_path / "file" / "folder")
