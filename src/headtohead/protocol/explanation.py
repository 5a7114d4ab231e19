"""The SQL behind an answer as it travels from server to client, in place of the answer.

A response's headers are too small for it, and a second request for it might reach another worker.
`headtohead.explain.request` reads it.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class PlanNode:
    """A step of a plan with the steps that feed it.

    Attributes:
        operation: What the database calls it, such as ``Seq Scan`` or ``SEARCH COVERING INDEX``.
        relation: Table that it reads, or SQLite's alias for it; empty when it reads none.
        index: Index that it reads; empty when it reads none.
        condition: Normalised condition that an index or a join looks for, or empty.
        filter: Normalised condition on rows that were read already, or empty.
        loops: How often it was executed, workers of a parallel step included; None when it was
            only planned.
        rows: Rows that it returned in all loops together; when it was only planned, those that
            PostgreSQL expects of one loop. SQLite only plans, and expects nothing: None.
        removed: Rows that its filter dropped in all loops together.
        ms: Time of all loops together, children included, in milliseconds; None when it was only
            planned.
        blocks: Blocks of 8 kB that it read, children included, cached or not; None when it was
            only planned.
        children: The steps that feed it.
    """

    operation: str
    relation: str
    index: str
    condition: str
    filter: str
    loops: int | None
    rows: int | None
    removed: int
    ms: float | None
    blocks: int | None
    children: "tuple[PlanNode, ...]"

    def nodes(self) -> "Iterator[PlanNode]":
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.nodes()

    @property
    def name(self) -> str:
        """The operation with what it reads: ``Index Scan on product using product_pkey``."""
        read = f" on {self.relation}" if self.relation else ""
        by = f" using {self.index}" if self.index else ""
        return f"{self.operation}{read}{by}"

    @property
    def shape(self) -> tuple[str, ...]:
        """Names alone, a line for each node, those that feed another one indented below it.

        Rows, times and estimates are left out, so equal shapes mean the same way to an answer.
        """
        below = (f"  {line}" for child in self.children for line in child.shape)
        return (self.name, *below)


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
