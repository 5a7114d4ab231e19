from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headtohead.load.messages.distributed import SECRET_VARIABLE
from headtohead.records.run import write_record
from tests.cli.commands import REGISTRY, RUN, CommandLine, Told
from tests.cli.work import WORK


@pytest.fixture
def command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    (tmp_path / "pyproject.toml").write_text("[tool.headtohead]\ngate = {rounds = 5}\n")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)  # that of these very tests
    (tmp_path / "kept").mkdir()
    write_record(RUN, tmp_path / "kept")
    found = CommandLine(folder=tmp_path, monkeypatch=monkeypatch)
    found.stand_in("headtohead.cli.project.load_experiments", REGISTRY)
    return found


@pytest.fixture
def give(command_line: CommandLine) -> Callable[..., tuple[dict[str, Any], Told]]:
    """Gives a command; what its work was told, and what came of it."""
    (command_line.folder / "given.toml").write_text("id = 7\n")

    def give(words: str, *arguments: str, **environment: str) -> tuple[dict[str, Any], Told]:
        work = WORK[words]
        for name, answer in {**work.beside, work.does: work.answer}.items():
            command_line.stand_in(name, answer)
        given = {SECRET_VARIABLE: "agreed", **environment}
        told = command_line.give(*words.split(), *work.needed, *arguments, **given)
        assert told.calls[work.does], told.completed
        return told.calls[work.does][-1], told

    return give
