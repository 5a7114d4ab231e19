"""What a survey does with what it finds; `tests/cli/test_init_command.py` has projects served."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from headtohead.config import Config
from headtohead.errors import ConfigurationError, StackError
from headtohead.init.facts import Fact, Standing
from headtohead.init.survey import Survey, survey
from headtohead.setting_values import Texts
from headtohead.stack import revision_servers
from tests.init.samples import SQLITE, side
from tests.revisions.repositories import commit, git, new_repository

pytestmark = pytest.mark.revisions


@pytest.fixture(autouse=True)
def _not_that_of_these_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "shop")


def found(root: Path, **settings: Any) -> Survey:
    config = Config(root=root, **{"python": sys.executable, **settings})
    return survey(config=config, path=None, note=lambda _: None, say=lambda _: None)


def of(facts: Survey, subject: str) -> Fact:
    (fact,) = (each for each in facts.facts if each.subject == subject)
    return fact


@pytest.fixture
def brought_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Has no revision come up but fail so, once head has been asked; what was tried.

    The last of several problems is that of every further attempt.
    """

    def stand_in(*problems: StackError, described: Any = None) -> list[Any]:
        tried: list[Any] = []

        @contextmanager
        def apart(settings: Any, revisions: Any, *, progress: Any, asked: Any) -> Iterator[None]:
            tried.append(revisions)
            if described:
                asked(described)
            raise problems[min(len(tried), len(problems)) - 1]
            yield

        monkeypatch.setattr(revision_servers, "apart", apart)
        return tried

    return stand_in


def test_a_folder_without_a_repository_lacks_one_and_is_looked_at_all_the_same(tmp_path):
    facts = found(tmp_path)
    assert of(facts, "repository").standing is Standing.MISSING
    assert "git init" in of(facts, "repository").line_to_add
    assert of(facts, "interpreter").standing is Standing.FOUND
    assert of(facts, "settings").standing is Standing.MISSING
    assert not (tmp_path / ".h2h").exists()


def test_a_repository_without_a_commit_is_told_to_make_one(tmp_path):
    git("init", "--quiet", root=tmp_path)
    assert "commit something first" in of(found(tmp_path), "repository").line_to_add


def test_an_interpreter_that_does_not_run_is_missing_with_the_line(shop):
    fact = of(found(shop, python="nowhere"), "interpreter")
    assert (fact.standing, fact.lines) == (Standing.MISSING, ('python = ".venv/bin/python"',))


def test_without_a_base_the_working_tree_stands_on_both_sides(tmp_path, brought_up):
    git("init", "--quiet", "--initial-branch", "main", root=tmp_path)
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    commit(tmp_path, "only")
    tried = brought_up(StackError("it fails", fix="mend it"))
    facts = found(tmp_path)
    assert not facts.has_base
    assert of(facts, "base").standing is Standing.ADVISED
    ((base, head),) = (each.values() for each in tried)
    assert base is head


def test_with_a_base_the_sides_are_two(shop, brought_up):
    tried = brought_up(StackError("it fails", fix="mend it"))
    facts = found(shop)
    assert facts.has_base
    assert of(facts, "base").found.startswith("HEAD~1 (")
    ((base, head),) = (each.values() for each in tried)
    assert base.root != head.root


def test_what_ends_it_says_at_which_side(shop, brought_up):
    brought_up(StackError("a name is not defined", fix="see its log"))
    named = of(found(shop, settings="shop.settings"), "settings of base")
    assert (named.found, named.line_to_add) == ("a name is not defined", "see its log")
    # Where nobody names any, that is the cause.
    assert of(found(shop), "settings").line_to_add == 'settings = "shop.settings"'


def test_files_that_git_ignores_are_tried_once_more_and_advised_where_they_do_not_help(
    shop, brought_up
):
    (shop / ".env").write_text("KEY=1\n")
    tried = brought_up(StackError("it fails", fix="mend it"), StackError("still", fix="mend it"))
    facts = found(shop, settings="shop.settings")
    assert of(facts, "settings of base").found == "it fails"
    fact = of(facts, "ignored files")
    assert (fact.standing, fact.lines) == (Standing.ADVISED, ('copy = [".env"]',))
    assert len(tried) == 2
    tried.clear()
    facts = found(shop, copy=Texts([".env"]))
    assert "ignored files" not in {each.subject for each in facts.facts}
    assert len(tried) == 1


def test_rows_that_are_missing_are_told_once_with_what_the_project_has(shop, brought_up):
    for folder, name in (("fixtures", "demo.json"), ("a_test/fixtures", "another.json")):
        (shop / folder).mkdir(parents=True)
        (shop / folder / name).write_text("[]")
    commit(shop, "with rows")
    described = side(databases={"default": SQLITE}, commands=("seed",))
    brought_up(StackError("there are no rows to compare on", fix="say it"), described=described)
    facts = found(shop)
    assert of(facts, "database").lines == (
        'prepare = ["manage.py seed"]',
        'prepare = ["manage.py loaddata demo"]',
    )
    lacking = [each.subject for each in facts.facts if each.standing is Standing.MISSING]
    assert lacking == ["database"]


def test_a_path_that_is_none_is_refused_before_anything_is_done(shop):
    with pytest.raises(ConfigurationError, match="start it with a single slash"):
        survey(config=Config(root=shop), path="it", note=lambda _: None, say=lambda _: None)
    assert not (shop / ".h2h").exists()
