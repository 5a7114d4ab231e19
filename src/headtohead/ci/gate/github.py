"""A gate in the words of GitHub's workflow commands: annotations on lines of a pull request."""

from collections.abc import Iterator

from headtohead.ci.gate.judgement import Gate, Judgement
from headtohead.ci.gate.policy import Response
from headtohead.ci.gate.report import found

_COMMANDS = {Response.FAIL: "error", Response.WARN: "warning"}


def annotations(gate: Gate) -> Iterator[str]:
    """A workflow command for everything that fails or warns, the gravest first.

    GitHub shows the first ten of each a step.
    """
    for judgement in gate.judgements:
        command = _COMMANDS.get(judgement.response)
        if command:
            yield f"::{command} {_properties(judgement)}::{_data(judgement.text)}"


def _properties(judgement: Judgement) -> str:
    properties = {"title": f"{judgement.subject}: {found(judgement)}"}
    if judgement.source:
        properties |= {"file": judgement.source.path, "line": str(judgement.source.line)}
    return ",".join(f"{name}={_property(value)}" for name, value in properties.items())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
