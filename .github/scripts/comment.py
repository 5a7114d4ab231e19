"""Say below a pull request what the gate found, in place of what was said there before.

    python3 comment.py FOLDER

The folder comes from a run of the pull request's own code, so nothing in it is trusted: the number
has to be that of the pull request whose commit the run was for, and the page is text of a comment.
It needs no package, because none is installed where a token may write.
"""

import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARKER = "<!-- headtohead -->"
AUTHOR = "github-actions[bot]"
LONGEST = 65_536
PER_PAGE = 100


def main() -> None:
    """Write the comment, or end with why not."""
    folder = Path(sys.argv[1])
    number = (folder / "number.txt").read_text(encoding="utf-8").strip()
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        sys.exit("number.txt holds no number of a pull request; fix: see what the gate's run did")
    page = folder / "comment.md"
    if not page.exists():
        sys.stdout.write("the gate left no page, so there is nothing to say\n")
        return
    body = page.read_text(encoding="utf-8")[:LONGEST]
    if not body.startswith(MARKER):
        sys.exit("comment.md is no page of h2h gate; fix: see what the gate's run did")
    repository = f"/repos/{os.environ['GITHUB_REPOSITORY']}"
    pull = call("GET", f"{repository}/pulls/{number}")
    if pull["head"]["sha"] != os.environ["HEAD_SHA"]:
        sys.exit(f"#{number} is not at the commit that the gate judged; nothing was said")
    own = own_comment(f"{repository}/issues/{number}/comments")
    if own is None:
        call("POST", f"{repository}/issues/{number}/comments", {"body": body})
    else:
        call("PATCH", f"{repository}/issues/comments/{own}", {"body": body})


def own_comment(path: str) -> int | None:
    """The comment that was written before; one that only looks like it is somebody else's."""
    for comment in comments(path):
        if comment["user"]["login"] == AUTHOR and comment["body"].startswith(MARKER):
            return int(comment["id"])
    return None


def comments(path: str) -> Iterator[dict[str, Any]]:
    """All comments, page by page."""
    page = 1
    while found := call("GET", f"{path}?per_page={PER_PAGE}&page={page}"):
        yield from found
        if len(found) < PER_PAGE:
            return
        page += 1


def call(method: str, path: str, content: dict[str, str] | None = None) -> Any:
    """What GitHub answers."""
    request = urllib.request.Request(
        os.environ.get("GITHUB_API_URL", "https://api.github.com") + path,
        method=method,
        data=json.dumps(content).encode() if content else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
