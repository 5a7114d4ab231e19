"""What is said below a pull request, by a GitHub on this machine."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

COMMIT = "c" * 40
PAGE = "<!-- headtohead -->\n### headtohead: passed\n"
BOT = "github-actions[bot]"
COMMENTS = "/repos/o/r/issues/7/comments"


def said(number: int, login: str = "someone", body: str = "Nice.") -> dict[str, Any]:
    return {"id": number, "user": {"login": login}, "body": body}


def comment(
    github: HTTPServer,
    folder: Path,
    *comments: dict[str, Any],
    number: str = "7",
    page: str | None = PAGE,
    sha: str = COMMIT,
) -> tuple[int, list[tuple[str, str, Any]]]:
    """How the script ends, and what it wrote."""
    token = {"Authorization": "Bearer secret"}
    pull = github.expect_request("/repos/o/r/pulls/7", method="GET", headers=token)
    pull.respond_with_json({"head": {"sha": COMMIT}})
    for index in range(3):
        shown = github.expect_request(
            COMMENTS, method="GET", headers=token, query_string=f"per_page=100&page={index + 1}"
        )
        shown.respond_with_json(comments[100 * index : 100 * (index + 1)])
    github.expect_request(COMMENTS, method="POST", headers=token).respond_with_json({})
    for each in comments:
        path = f"/repos/o/r/issues/comments/{each['id']}"
        github.expect_request(path, method="PATCH", headers=token).respond_with_json({})
    (folder / "number.txt").write_text(f"{number}\n")
    if page is not None:
        (folder / "comment.md").write_text(page)
    script = Path(__file__).parents[2] / ".github/scripts/comment.py"
    finished = subprocess.run(
        [sys.executable, script, folder],
        env={
            "GITHUB_API_URL": github.url_for("").rstrip("/"),
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_TOKEN": "secret",
            "HEAD_SHA": sha,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in finished.stderr
    github.check()
    asked = [request for request, _ in github.log if request.method != "GET"]
    return finished.returncode, [(each.method, each.path, each.get_json()) for each in asked]


def test_the_first_page_becomes_a_comment(httpserver: HTTPServer, tmp_path: Path) -> None:
    assert comment(httpserver, tmp_path) == (0, [("POST", COMMENTS, {"body": PAGE})])


def test_a_later_one_takes_its_place_however_many_others_there_are(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    others = [said(number) for number in range(150)]
    written = comment(httpserver, tmp_path, *others, said(999, BOT, f"{PAGE}older"))
    assert written == (0, [("PATCH", "/repos/o/r/issues/comments/999", {"body": PAGE})])


def test_a_comment_that_only_looks_like_ours_is_left_alone(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    _, written = comment(
        httpserver, tmp_path, said(1, "mallory", PAGE), said(2, BOT, "Another tool's")
    )
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
    ids=str,
)
def test_what_a_pull_request_could_have_forged_is_not_said(
    httpserver: HTTPServer, tmp_path: Path, forged: dict[str, str]
) -> None:
    assert comment(httpserver, tmp_path, **forged) == (1, [])


def test_where_nothing_was_judged_nothing_is_said(httpserver: HTTPServer, tmp_path: Path) -> None:
    assert comment(httpserver, tmp_path, page=None) == (0, [])
