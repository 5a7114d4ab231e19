"""What flags and arguments of commands decide, where they are not those of a setting."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from headtohead.compare.finding import ServedSides
from headtohead.records.store import to_json
from tests.cli.commands import RUN, Told
from tests.cli.work import AUDIT
from tests.report.rendering import in_html, in_markdown
from tests.services.test_django_project import project

LOADED = "cli.project.load_experiments"
# What is given, what of the work's arguments or of the outcome it decides, and what that then is.
Case = tuple[tuple[str, ...], Callable[[dict[str, Any], Told], Any], Any]


def names(argument: str) -> Callable[[dict[str, Any], Told], Any]:
    return lambda work, _: [each.name for each in work[argument]]


SERVED = ServedSides(
    urls={"base": "http://127.0.0.1:8", "head": "http://127.0.0.1:9"},
    headers={"base": {}, "head": {"Accept": "*/*"}},
    base=project(),
)


def asked(work: dict[str, Any], _: Told) -> Any:
    """What a comparison asks both servers for."""
    endpoints, untimed = work["choose"](SERVED)
    return [each.path for each in endpoints], list(untimed)


def requested(work: dict[str, Any], _: Told) -> Any:
    """The requests that a comparison sends."""
    endpoints, _untimed = work["choose"](SERVED)
    return [(each.method, each.path, each.body) for each in endpoints]


def operations(work: dict[str, Any], told: Told) -> Any:
    """What a comparison wants to know of head's OpenAPI document."""
    asked(work, told)
    (seen,) = told.calls["headtohead.compare.openapi.operations_at"]
    return seen


def document(work: dict[str, Any], told: Told) -> Any:
    return operations(work, told)["document"]


def sent(work: dict[str, Any], _: Told) -> Any:
    """The user's own headers of every request."""
    return tuple(work["config"].headers)


def file_read(_: dict[str, Any], told: Told) -> Any:
    return told.calls["headtohead.ci.history.history_file.read_history"][0]["path"]


def subjects(argument: str) -> Callable[[dict[str, Any], Told], Any]:
    return lambda work, _: [each.subject for each in work[argument]]


def it(argument: str) -> Callable[[dict[str, Any], Told], Any]:
    return lambda work, _: work[argument]


def printed(_: dict[str, Any], told: Told) -> str:
    return told.completed.stdout


def is_file(*path: str) -> Callable[[dict[str, Any], Told], Any]:
    return lambda _, told: told.folder.joinpath(*path).is_file()


CASES: dict[tuple[str, str], list[Case]] = {
    ("run", "names"): [
        (("second",), names("experiments"), ["second"]),
        ((), names("experiments"), ["first", "second"]),
    ],
    ("aa", "names"): [
        (("second",), names("experiments"), ["second"]),
        ((), it("against_itself"), True),
    ],
    ("report", "run"): [((), it("path"), Path("kept"))],
    ("report", "format"): [
        (("--format", "json"), printed, to_json(RUN)),
        (("--format", "html"), printed, in_html(RUN)),
        (("--format", "markdown"), printed, in_markdown(RUN)),
    ],
    ("list", "names"): [
        (
            ("second", "--json"),
            lambda _, told: [each["name"] for each in told.json()["experiments"]],
            ["second"],
        )
    ],
    ("check", "names"): [
        (("second",), names("experiments"), ["second"]),
        (("second",), it("whole"), False),
        ((), it("whole"), True),
    ],
    ("check", "update"): [(("--update",), it("update"), True), ((), it("update"), False)],
    ("audit", "names"): [(("second",), names("experiments"), ["second"])],
    ("audit", "output"): [
        (
            ("--output", "facts.json"),
            lambda _, told: (told.folder / "facts.json").read_text(),
            to_json(AUDIT),
        )
    ],
    ("explain", "names"): [(("second",), names("experiments"), ["second"])],
    ("explain", "run"): [
        # The experiments of that run, in its folder.
        (("--run", "kept"), names("experiments"), ["first"]),
        (("--run", "kept"), is_file("kept", "explain.json"), True),
        (("--run", "kept"), is_file("kept", "report.html"), True),
    ],
    ("sweep", "name"): [
        ((), lambda work, _: work["experiment"].name, "first"),
    ],
    ("sweep", "rows"): [
        (("--rows", "10,2e2,3000"), it("sizes"), (10, 200, 3000)),
        ((), it("sizes"), (1_000, 10_000, 100_000)),
    ],
    ("init", "path"): [(("--path", "/one/"), it("path"), "/one/"), ((), it("path"), None)],
    **{
        (command, flag): cases
        for command in ("compare", "init")
        for flag, cases in {
            "headers": [
                (("--header", "A: 1", "--header", "B: 2"), sent, ("A: 1", "B: 2")),
                ((), sent, ()),
            ],
            "cookies": [
                (("--cookie", "a=1", "--cookie", "b=2"), sent, ("Cookie: a=1; b=2",)),
            ],
        }.items()
    },
    ("init", "dry_run"): [
        (("--dry-run",), is_file("headtohead.toml"), False),
        ((), is_file("headtohead.toml"), True),
    ],
    ("compare", "base"): [(("main",), it("base"), "main"), ((), it("base"), None)],
    ("compare", "head"): [(("main", "other"), it("head"), "other"), (("main",), it("head"), None)],
    ("compare", "experiments"): [
        ((), asked, (["/first/", "/second/"], [])),
        (("--experiment", "second"), asked, (["/second/"], [])),
        (("--experiment", "second", "--path", "/one/"), asked, (["/second/", "/one/"], [])),
    ],
    ("compare", "paths"): [
        (("--path", "/one/", "--path", "/two/"), asked, (["/one/", "/two/"], [])),
    ],
    ("compare", "openapi"): [
        (("--openapi",), asked, (["/found/"], ["untimed"])),
        (("--openapi", "--path", "/one/"), asked, (["/one/", "/found/"], ["untimed"])),
        (
            ("--openapi",),
            operations,
            {
                "url": "http://127.0.0.1:9",
                "document": "/api/schema/?format=json",
                "given": {},
                "headers": {"Accept": "*/*"},
            },
        ),
    ],
    ("compare", "method"): [
        (("--path", "/one/", "--method", "delete"), requested, [("DELETE", "/one/", None)]),
        (
            (
                "--path",
                "/one/",
            ),
            requested,
            [("GET", "/one/", None)],
        ),
    ],
    ("compare", "body"): [
        (
            ("--path", "/one/", "--method", "PUT", "--body", "[1]"),
            requested,
            [("PUT", "/one/", "[1]")],
        ),
    ],
    ("compare", "parameters"): [
        (
            ("--openapi", "--parameters", "given.toml"),
            lambda work, told: operations(work, told)["given"],
            {"id": 7},
        ),
    ],
    ("compare", "rounds"): [(("--rounds", "5"), it("rounds"), 5), ((), it("rounds"), 8)],
    ("bench", "base"): [((), it("base"), "main")],
    ("bench", "head"): [(("other",), it("head"), "other"), ((), it("head"), None)],
    ("bench", "select"): [
        (("--select", "a or b"), it("select"), "a or b"),
        (("-k", "a or b"), it("select"), "a or b"),
        ((), it("select"), None),
    ],
    ("bench", "rounds"): [(("--rounds", "5"), it("rounds"), 5), ((), it("rounds"), 10)],
    ("bench", "instructions"): [
        (("--instructions",), it("instructions"), True),
        (("--no-instructions",), it("instructions"), False),
        ((), it("instructions"), True),
    ],
    ("gate", "base"): [((), it("base"), "main")],
    ("gate", "paths"): [
        (
            ("--path", "/one/", "--path", "/two/"),
            lambda work, _: work["policy"].paths,
            ("/one/", "/two/"),
        ),
    ],
    ("gate", "output"): [
        (("--output", "told"), is_file("told", "gate.json"), True),
        ((), is_file("results", "gate", "gate.json"), True),
    ],
    ("publish", "runs"): [
        (("kept/run.json",), it("records"), [RUN, RUN]),
        ((), it("url"), "postgresql://it"),
    ],
    ("history add", "run"): [((), it("record"), RUN)],
    ("history add", "file"): [
        (("--file", "own.jsonl"), it("path"), Path("own.jsonl")),
        ((), lambda work, told: work["path"] == told.folder / "history.jsonl", True),
    ],
    ("history show", "names"): [
        (("order-list",), subjects("entries"), ["order-list"]),
        ((), subjects("entries"), ["product-list", "order-list"]),
    ],
    ("history show", "page"): [(("--page", "it.html"), is_file("it.html"), True)],
    ("history changes", "names"): [
        (("order-list",), subjects("entries"), ["order-list"]),
        ((), subjects("entries"), ["product-list", "order-list"]),
    ],
    **{
        (f"history {each}", "file"): [
            (("--file", "own.jsonl"), file_read, Path("own.jsonl")),
            ((), lambda work, told: file_read(work, told) == told.folder / "history.jsonl", True),
        ]
        for each in ("show", "changes", "publish")
    },
    ("dashboards build", "check"): [
        (("--check",), is_file("generated", "a.json"), False),
        (("--check",), lambda _, told: told.completed.returncode, 1),
        ((), is_file("generated", "a.json"), True),
    ],
    ("worker", "master"): [
        (
            ("--master", "10.0.0.2:99"),
            it("argv"),
            [sys.executable, "-m", "headtohead.load.generator.worker", "10.0.0.2", "99"],
        ),
    ],
}


def called(name: str, argument: str) -> Callable[[dict[str, Any], Told], Any]:
    """What another function than the work itself was told."""
    return lambda _, told: told.calls[f"headtohead.{name}"][0][argument]


def beside(*path: str) -> Callable[[dict[str, Any], Told], Any]:
    """A place in the project's folder."""
    return lambda _, told: told.folder.joinpath(*path)


# Settings that a command itself follows, given as variables.
VARIABLES: list[tuple[str, tuple[str, ...], dict[str, str], Callable[..., Any], Any]] = [
    *(
        (words, (), {"H2H_EXPERIMENTS": "shop.asked"}, called(LOADED, "package"), "shop.asked")
        for words in ("run", "aa", "list", "check", "audit", "explain", "sweep", "compare", "gate")
    ),
    ("up", (), {"H2H_EXPERIMENTS": "shop.asked"}, called(LOADED, "package"), "shop.asked"),
    ("dashboards build", (), {"H2H_DASHBOARDS": "drawn"}, it("package"), "drawn"),
    ("compare", ("--openapi",), {"H2H_OPENAPI": "/it.json"}, document, "/it.json"),
    ("history add", (), {"H2H_HISTORY": "own.jsonl"}, it("path"), beside("own.jsonl")),
    *(
        (f"history {each}", (), {"H2H_HISTORY": "own.jsonl"}, file_read, beside("own.jsonl"))
        for each in ("show", "changes", "publish")
    ),
    ("gate", (), {"H2H_RESULTS": "kept"}, is_file("kept", "gate", "gate.json"), True),
    (
        "explain",
        (),
        {"H2H_RESULTS": "there"},
        called("explain.explain_experiments.keep_apart", "results"),
        beside("there"),
    ),
    ("gate", (), {}, lambda work, _: work["policy"].rounds, 5),
]
