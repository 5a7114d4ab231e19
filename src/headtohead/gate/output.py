"""The files that a gate leaves for people and for CI systems."""

from pathlib import Path

from headtohead.files import write_whole, written_last
from headtohead.gate import gitlab, junit, page
from headtohead.gate.judgement import Gate
from headtohead.measurement import Run, to_json

SCHEMA_VERSION = 1


def as_json(gate: Gate) -> str:
    """A gate for machines, with the result that its judgements come to."""
    return to_json(
        {
            "schema": SCHEMA_VERSION,
            "result": gate.result,
            "run_id": gate.run_id,
            "base": gate.base,
            "judgements": gate.judgements,
        }
    )


def write_gate(gate: Gate, record: Run, directory: Path) -> None:
    """Write every form of a gate into a folder, which is made; older files there are replaced."""
    directory.mkdir(parents=True, exist_ok=True)
    # It says how the gate ended: whoever finds it finds the others, of the same gate.
    with written_last(directory / "gate.json") as file:
        for name, text in (
            ("comment.md", page.render(gate, record)),
            ("junit.xml", junit.render(gate)),
            ("code-quality.json", gitlab.code_quality(gate)),
            ("metrics.txt", gitlab.metrics(gate)),
        ):
            write_whole(text, directory / name)
        file.write(as_json(gate).encode())
