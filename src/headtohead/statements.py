"""The SQL behind an answer as it travels from server to client, in place of the answer.

A response's headers are too small for it, and a second request for it might reach another worker.
"""

import json
from dataclasses import asdict, dataclass

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from headtohead.plan import PlanNode

# The W3C baggage member that asks for it, and the value that asks for lines of code and plans too.
BAGGAGE_STATEMENTS = "h2h.statements"
DETAILED = "detailed"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement without its values.

    Attributes:
        sql: Normalised text: values are placeholders.
        times: How often it was executed.
        rows: Rows that it returned or changed, all executions together; of a server-side cursor,
            which does not know them, none.
    """

    sql: str
    times: int
    rows: int = 0


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place in the project's own code.

    Attributes:
        path: File, from the folder that the server runs in.
        line: Line number.
        function: Qualified name of the function.
    """

    path: str
    line: int
    function: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """What had a statement executed.

    Attributes:
        location: Where in the project's own code.
        times: How often it did.
    """

    location: Location
    times: int


@dataclass(frozen=True, kw_only=True)
class Detail:
    """What is told of a statement beside its text.

    Attributes:
        sources: What had it executed, most frequent first; none when no code of the project's own
            was involved.
        plan: How the database answers its first execution, or None.
        without_plan: Why there is no plan; empty when there is one.
    """

    sources: tuple[Source, ...]
    plan: PlanNode | None
    without_plan: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What an answer took.

    Attributes:
        variant: Identity of the variant whose selector really ran; empty when none did.
        status: Status of the answer that this stands in for.
        queries: Statements executed, all in all.
        statements: The distinct ones in the order of their first execution; of very many only
            the first.
        details: One for each of the statements, in their order, or none when nobody asked.
    """

    variant: str
    status: int
    queries: int
    statements: tuple[Statement, ...]
    details: tuple[Detail, ...] = ()

    def to_json(self) -> str:
        """The body of the response."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> "Explanation | None":
        """Read the body; None when it was not written by `to_json`."""
        try:
            return _converter.loads(text, cls)
        except (BaseValidationError, AttributeError, KeyError, TypeError, ValueError):
            return None


_converter = make_converter(detailed_validation=False)
