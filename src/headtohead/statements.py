"""The SQL behind an answer as it travels from server to client, in place of the answer.

A response's headers are too small for it, and a second request for it might reach another worker.
"""

import json
from dataclasses import asdict, dataclass

# The W3C baggage member that asks for it.
BAGGAGE_STATEMENTS = "h2h.statements"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement without its values.

    Attributes:
        sql: Normalised text: values are placeholders.
        times: How often it was executed.
    """

    sql: str
    times: int


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What an answer took.

    Attributes:
        variant: Identity of the variant whose selector really ran; empty when none did.
        status: Status of the answer that this stands in for.
        queries: Statements executed, all in all.
        statements: The distinct ones in the order of their first execution; of very many only
            the first.
    """

    variant: str
    status: int
    queries: int
    statements: tuple[Statement, ...]

    def to_json(self) -> str:
        """The body of the response."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> "Explanation | None":
        """Read the body; None when it was not written by `to_json`."""
        try:
            given = json.loads(text)
            statements = tuple(Statement(**each) for each in given.pop("statements"))
            return cls(**given, statements=statements)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
