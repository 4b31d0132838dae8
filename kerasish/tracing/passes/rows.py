"""Rows: the gradient of an embedding stays what it is, a few rows and their numbers.

The update of a table reads a gradient that is zero but for the rows of a batch. In
place of a table of zeros that rows are added to, the kernel of the update reads, for
each row of the table, the sum that belongs to it. What it computes is the same.
"""

from typing import Any

import numpy as np

from kerasish.backends.base.chain import Call, Slot
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.packed import Fused

__all__ = ["SumRows", "is_rows", "keep_rows"]

NARROW = 8  # columns: fewer are not worth a look at the row's number


class SumRows:
    """Stands in a node for a primitive: adds up the rows with the same number.

    Its results are the sums, after a row of zeros, and for each row of the table the
    number of its sum.
    """

    __name__ = "_sum_rows"

    def function(self, values: Any, ids: Any, size: int) -> Any:
        """Returns the sums and their numbers as arrays."""
        ids, width = np.asarray(ids).reshape(-1) % size, values.shape[-1]
        sums = np.zeros((ids.size + 1, width), values.dtype)
        slots = np.zeros((size, 1), "int32")
        found, first = np.unique(ids, return_index=True)
        slots[found[np.argsort(first)], 0] = 1 + np.arange(len(found))
        np.add.at(sums, slots[ids, 0], values.reshape(-1, width))
        return sums, slots


def is_rows(value: Value) -> bool:
    """Returns whether a value is rows that were added to a larger table of zeros."""
    node = value.producer
    if node is None or node.name != "_scatter_add" or node.static["axis"]:
        return False
    fits = len(value.shape) == 2 and value.dtype == "float32"
    return fits and value.shape[1] >= NARROW and node.inputs[1].size < value.shape[0]


def keep_rows(graph: Graph) -> None:
    """Lets the updates of tables read rows.

    Args:
        graph: Changed in place.
    """
    uses = graph.uses()
    made: list[Node] = []
    for node in graph.nodes:
        table = _table(node)
        if table is None or uses[id(table)] > 1 or table.producer is None:
            made.append(node)
            continue
        sums = _summed(table.producer)
        made = [other for other in made if other is not table.producer]
        made += [sums, _reading(node, table, *sums.outputs)]
    graph.nodes = made


def _table(node: Node) -> Value | None:
    """Returns the table that an update reads, if it is one of rows."""
    rule = node.rule
    if not isinstance(rule, Fused) or rule.nodes:
        return None
    alone = all(len(row) == 1 for row in rule.rows_in)
    found = [row[0] for row in rule.rows_in if alone and is_rows(row[0])]
    return found[0] if len(found) == 1 else None


def _summed(scatter: Node) -> Node:
    values, ids = scatter.inputs
    size, width = scatter.output.shape
    sums = Value((ids.size + 1, width), values.dtype, "node")
    slots = Value((size, 1), "int32", "node")
    static = {"size": size}
    return Node(SumRows(), [values, ids], static, [sums, slots], False, scatter.scope)


def _reading(node: Node, table: Value, sums: Value, numbers: Value) -> Node:
    """Returns an update whose chain runs over rows and columns, and reads sums."""
    rule = node.rule
    chain, shape = rule.chain, table.shape
    slots = [s._replace(shape=shape if s.shape else (1, 1)) for s in chain.slots]
    place = next(
        i for row, i in zip(rule.rows_in, chain.inputs, strict=True) if row[0] is table
    )
    given = (len(slots), len(slots) + 1)
    slots += [Slot(v.shape, v.dtype) for v in (sums, numbers)]
    spread = Call("_spread", given, place)
    rows = [row for row in rule.rows_in if row[0] is not table]
    inputs = tuple(i for i in chain.inputs if i != place)
    made = chain._replace(
        slots=tuple(slots), inputs=(*inputs, *given), calls=(spread, *chain.calls)
    )
    rows_in = [*rows, [sums], [numbers]]
    read = [v for row in rows_in for v in row]
    fused = Fused(made, rows_in, rule.rows_out)
    return Node(fused, read, {}, node.outputs, False, node.scope)
