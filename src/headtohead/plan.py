"""How a database answers a statement: the nodes of its plan, without any value."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlanNode:
    """A step of a plan with the steps that feed it.

    Attributes:
        operation: What PostgreSQL calls it, such as ``Seq Scan``.
        relation: Table that it reads; empty when it reads none.
        index: Index that it reads; empty when it reads none.
        condition: Normalised condition that an index or a join looks for, or empty.
        filter: Normalised condition on rows that were read already, or empty.
        loops: How often it was executed, workers of a parallel step included; None when it was
            only planned.
        rows: Rows that it returned in all loops together; when it was only planned, those that
            PostgreSQL expects of one loop.
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
    rows: int
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
