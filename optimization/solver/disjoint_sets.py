"""Connected groups of nodes, by union-find with path halving (Tarjan & van Leeuwen 1984)."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar


class Ordered(Protocol):
    """A hashable value with a total order."""

    def __lt__(self, other: Any, /) -> bool: ...


Node = TypeVar("Node", bound=Ordered)


def smallest_connected(nodes: Iterable[Node], links: Iterable[Sequence[Node]]) -> dict[Node, Node]:
    """Return for each node the smallest one of its group; the nodes of a link, one or more, are in one group."""
    parent = {node: node for node in nodes}
    for first, *others in links:
        root = _root(parent, first)
        for other in others:
            root, larger = sorted((root, _root(parent, other)))
            parent[larger] = root
    return {node: _root(parent, node) for node in parent}


def _root(parent: dict[Node, Node], node: Node) -> Node:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
