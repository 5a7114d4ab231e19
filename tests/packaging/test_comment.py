"""What is said below a pull request, by a GitHub on this machine."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

pytestmark = pytest.mark.process

SCRIPT = Path(__file__).parents[2] / ".github/scripts/comment.py"
COMMIT = "c" * 40
PAGE = "<!-- headtohead -->\n### headtohead: passed\n"
BOT = "github-actions[bot]"
ISSUES = "/repos/o/r/issues"

Comment = Callable[..., tuple[int, list[tuple[str, str, Any]]]]


@pytest.fixture
def comment(httpserver: HTTPServer, tmp_path: Path) -> Comment:
    """Runs the script, and tells how it ends and what it wrote."""

    def answers(method: str, path: str, content: Any, query: str | None = None) -> None:
        token = {"Authorization": "Bearer secret"}
        asked = httpserver.expect_request(path, method, headers=token, query_string=query)
        asked.respond_with_json(content)

    def run(
        *comments: dict[str, Any], number: str = "7", page: str | None = PAGE, sha: str = COMMIT
    ) -> tuple[int, list[tuple[str, str, Any]]]:
        answers("GET", "/repos/o/r/pulls/7", {"head": {"sha": COMMIT}})
        for index in range(2):
            shown = comments[100 * index : 100 * (index + 1)]
            query = f"per_page=100&page={index + 1}"
            answers("GET", f"{ISSUES}/7/comments", shown, query)
        answers("POST", f"{ISSUES}/7/comments", {})
        answers("PATCH", f"{ISSUES}/comments/999", {})
        (tmp_path / "number.txt").write_text(f"{number}\n")
        if page is not None:
            (tmp_path / "comment.md").write_text(page)
        environment = {
            "GITHUB_API_URL": httpserver.url_for("").rstrip("/"),
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_TOKEN": "secret",
            "HEAD_SHA": sha,
        }
        command = [sys.executable, SCRIPT, tmp_path]
        finished = subprocess.run(command, env=environment, stderr=subprocess.PIPE, check=False)
        assert b"Traceback" not in finished.stderr
        httpserver.check()
        written = [request for request, _ in httpserver.log if request.method != "GET"]
        return finished.returncode, [(each.method, each.path, each.get_json()) for each in written]

    return run


def said(number: int, login: str = "someone", body: str = "Nice.") -> dict[str, Any]:
    return {"id": number, "user": {"login": login}, "body": body}


def test_the_first_page_becomes_a_comment(comment: Comment) -> None:
    assert comment() == (0, [("POST", f"{ISSUES}/7/comments", {"body": PAGE})])


def test_a_later_one_takes_its_place_however_many_others_there_are(comment: Comment) -> None:
    comments = [*map(said, range(150)), said(999, BOT, f"{PAGE}older")]
    assert comment(*comments) == (0, [("PATCH", f"{ISSUES}/comments/999", {"body": PAGE})])


def test_a_comment_that_only_looks_like_ours_is_left_alone(comment: Comment) -> None:
    _, written = comment(said(999, "mallory", PAGE), said(999, BOT, "Another tool's"))
    assert [method for method, _, _ in written] == ["POST"]


@pytest.mark.parametrize(
    "forged",
    [
        {"number": "7/../8"},
        {"number": ""},
        {"number": "\u0667"},
        {"sha": "d" * 40},
        {"page": "Buy this."},
    ],
    ids=ascii,
)
def test_what_a_pull_request_could_have_forged_is_not_said(
    comment: Comment, forged: dict[str, str]
) -> None:
    assert comment(**forged) == (1, [])


def test_where_nothing_was_judged_nothing_is_said(comment: Comment) -> None:
    assert comment(page=None) == (0, [])
