"""The files that a gate leaves for people and for CI systems."""

from pathlib import Path

from headtohead.ci.gate import gitlab, junit, report
from headtohead.ci.gate.judgement import Gate
from headtohead.host.files import require_own, write_whole, written_last
from headtohead.records.run import Run
from headtohead.records.store import to_json

SCHEMA_VERSION = 1
RECORD_NAME = "gate.json"
PAGE_NAME = "comment.md"
_NAMES = (PAGE_NAME, "junit.xml", "code-quality.json", "metrics.txt")


def as_json(gate: Gate) -> str:
    """A gate for machines, with the result that its judgements come to."""
    return to_json(
        {
            "schema": SCHEMA_VERSION,
            "result": gate.result,
            "run_id": gate.run_id,
            "base": gate.base,
            "judgements": gate.judgements,
            "not_compared": gate.not_compared,
        }
    )


def require_folder(directory: Path) -> None:
    """Refuse a folder in which a gate would replace what no gate wrote.

    Raises:
        ConfigurationError: It is one.
    """
    require_own(directory, _NAMES, mark=RECORD_NAME)


def write_gate(gate: Gate, record: Run | None, directory: Path) -> None:
    """Write every form of a gate into a folder, which is made; an older gate's are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    # It says how the gate ended: whoever finds it finds the others, of the same gate.
    with written_last(directory / RECORD_NAME) as file:
        texts = (
            report.render(gate, record),
            junit.render(gate),
            gitlab.code_quality(gate),
            gitlab.metrics(gate),
        )
        for name, text in zip(_NAMES, texts, strict=True):
            write_whole(text, directory / name)
        file.write(as_json(gate).encode())
