"""Commands given in this process whose work is done by stand-ins that remember what they get."""

import inspect
import json
import os
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import typer

from headtohead.cli import app
from headtohead.config import Config
from headtohead.config_loading import load_config
from headtohead.experiment import Experiment, Request, Variant
from headtohead.experiment_registry import Registry
from tests.command_line import give
from tests.report import samples

TREE = typer.main.get_command(app)
KEPT = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
REGISTRY = Registry(
    Experiment(
        name=name,
        question="Does it matter?",
        request=Request(path=f"/{name}/"),
        seam="shop.served",
        baseline=Variant(name="naive", selector="shop.served"),
        variants=(Variant(name="joined", selector="shop.joined"),),
    )
    for name in ("first", "second")
)
# A record of one of them, which finds nothing.
RUN = samples.run(replace(samples.no_difference(), name="first"))


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came of a command.

    Attributes:
        completed: What it printed, and its exit code.
        calls: The arguments of each call of a stand-in, by the stand-in's dotted name.
        folder: The project's folder.
        environment: The variables it was given.
    """

    completed: "CompletedProcess[str]"
    calls: Mapping[str, list[dict[str, Any]]]
    folder: Path
    environment: Mapping[str, str]

    def config(self, **flags: Any) -> Config:
        """The settings that hold with these flags."""
        return load_config(start=self.folder, environment=self.environment, flags=flags)

    def json(self) -> Any:
        return json.loads(self.completed.stdout)


@dataclass
class CommandLine:
    """A project of two experiments, in which commands are given.

    Attributes:
        folder: Its folder, which holds a run's record in `kept`.
        answers: What stand-ins return, by the dotted name of what they stand in for.
    """

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    answers: dict[str, Any] = field(default_factory=dict)

    def stand_in(self, name: str, answer: Any) -> None:
        """Let a function be replaced by one that returns this, which may depend on the folder."""
        self.answers[name] = answer

    def give(self, *arguments: str, **environment: str) -> Told:
        """What comes of a command; its stand-ins are called as what they stand in for is."""
        calls: dict[str, list[dict[str, Any]]] = {}
        with self.monkeypatch.context() as patched:
            for name, answer in self.answers.items():
                module, _, attribute = name.rpartition(".")
                owner = pkgutil.resolve_name(module)
                replacement = _stand_in(
                    getattr(owner, attribute), answer, calls.setdefault(name, [])
                )
                patched.setattr(owner, attribute, replacement)
            # Building it again for every command takes longer than the commands do.
            patched.setattr("typer.main.get_command", lambda _: TREE)
            given = {**KEPT, "COLUMNS": "160", **environment}
            completed = give(*arguments, folder=self.folder, environment=given)
        return Told(completed=completed, calls=calls, folder=self.folder, environment=given)


def _stand_in(original: Any, answer: Any, calls: list[dict[str, Any]]) -> Callable[..., Any]:
    signature = inspect.signature(original)

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        calls.append(dict(bound.arguments))
        return answer

    return stand_in


def declared_commands() -> dict[str, Any]:
    """All commands by the words that they are given with."""

    def walk(words: tuple[str, ...], found: Any) -> Iterator[tuple[str, Any]]:
        if not hasattr(found, "commands"):
            yield " ".join(words), found
            return
        for name, below in found.commands.items():
            yield from walk((*words, name), below)

    return dict(walk((), TREE))
