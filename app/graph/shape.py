"""How deep and how wide a query is, once its fragments are spread."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The extent of a selection.

    Attributes:
        depth: Fields on the longest way down.
        fields: All fields, a fragment's as often as it is spread.
        aliases: Those of them that have an alias.
    """

    depth: int = 0
    fields: int = 0
    aliases: int = 0

    def beside(self, other: "Shape") -> "Shape":
        """Both next to each other."""
        return Shape(
            depth=max(self.depth, other.depth),
            fields=self.fields + other.fields,
            aliases=self.aliases + other.aliases,
        )


def shape_of(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Shape:
    """The shape of an operation.

    Each fragment is measured once, however often it is spread: a few fragments that spread each
    other twice would otherwise take exponential time.

    Args:
        operation: The operation.
        fragments: All fragments by name; none may contain itself.
    """
    return _Measuring(fragments).selection_set(operation.selection_set)


class _Measuring:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._shapes: dict[str, Shape] = {}

    def selection_set(self, node: SelectionSetNode | None) -> Shape:
        shape = Shape()
        for selection in node.selections if node else ():
            shape = shape.beside(self._selection(selection))
        return shape

    def _selection(self, node: SelectionNode) -> Shape:
        if isinstance(node, FieldNode):
            # Introspection has limits of its own, in graphql-core.
            introspects = node.name.value in {"__schema", "__type"}
            below = Shape() if introspects else self.selection_set(node.selection_set)
            return Shape(
                depth=below.depth + 1,
                fields=below.fields + 1,
                aliases=below.aliases + (node.alias is not None),
            )
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        return self.selection_set(node.selection_set)

    def _fragment(self, name: str) -> Shape:
        if name not in self._shapes:
            fragment = self._fragments.get(name)
            self._shapes[name] = self.selection_set(fragment.selection_set) if fragment else Shape()
        return self._shapes[name]
