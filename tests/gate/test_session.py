"""A gate that is refused before anything starts."""

import pytest

from tests.conftest import Project


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ("slowr = 'fail'", "[tool.headtohead.gate] cannot be used: Object contains unknown field"),
        ("paths = ['nowhere']", "path 'nowhere' is not absolute"),
        ("paths = ['/']\nexperiments = {nothing = {}}", "is about 'nothing', which is no experim"),
        ("", "there is nothing to compare revisions by"),
    ],
)
def test_a_policy_that_means_nothing_is_refused_before_anything_starts(tmp_path, policy, problem):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.headtohead]\n[tool.headtohead.gate]\n{policy}\n", encoding="utf-8"
    )
    completed = Project(root=tmp_path).h2h("gate", "HEAD")
    assert completed.returncode == 2
    (line,) = completed.stderr.strip().splitlines()
    assert problem in line
    assert not (tmp_path / "results").exists()
