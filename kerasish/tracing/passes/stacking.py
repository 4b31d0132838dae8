"""Stacking: a sum of products becomes one product of the operands, stacked.

The gradient of a weight that is used in each step of a loop is `sum_t a_t^T b_t`. With
the rows of all steps one below the other that is one product, which runs at the speed
of large ones, where eighty small ones and their sum do not. That of a bias, a sum of
sums of rows, becomes one sum of the rows of all steps.
"""

from typing import Any

from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["stack_products"]

FEWEST = 4  # products that are worth stacking
RESHAPES = ("_reshape", "_reshaped")


def stack_products(graph: Graph) -> None:
    """Makes one product of those that are only added up.

    Args:
        graph: Changed in place.
    """
    uses = graph.uses()
    inner = {
        id(v)
        for node in graph.nodes
        if node.name == "add_gradients"
        for v in node.inputs
        if uses[id(v)] == 1 and v.producer is not None
        if v.producer.name == "add_gradients"
    }
    stacks = _Stacks(graph)
    later: dict[int, list[Node]] = {}  # what waits for a stack, by its number
    made: list[Node] = []
    for number, node in enumerate(graph.nodes):
        if node.name == "add_gradients" and id(node.output) not in inner:
            products, stack = _summed(node, _terms(node, uses), stacks, uses)
            wanted = stacks.number.get(id(stack), -1)
            if wanted < number:
                made += products
                stacks.add(products, number)
            elif wanted < stacks.first_use[id(node.output)]:
                later.setdefault(wanted, []).extend(products)
            else:
                made.append(node)
        else:
            made.append(node)
        made += later.pop(number, [])
    graph.nodes = made


class _Stacks:
    """Nodes that put values one below the other, and when what happens.

    `by_values` has them by these values, `number` the place of each in the graph,
    and `first_use` the place of the node that first reads a value.
    """

    def __init__(self, graph: Graph) -> None:
        self.by_values: dict[frozenset[int], Node] = {}
        self.number: dict[int, int] = {}
        self.first_use: dict[int, int] = {id(v): 1 << 62 for v in graph.results()}
        for number, node in enumerate(graph.nodes):
            for v in node.inputs:
                self.first_use.setdefault(id(v), number)
                self.first_use[id(v)] = min(self.first_use[id(v)], number)
            self.add([node], number)

    def add(self, nodes: list[Node], number: int) -> None:
        """Notes those of some nodes that stack, and that they are there by now."""
        for node in nodes:
            if node.name == "_concatenate" and node.static["axis"] == 0:
                values = frozenset(id(_source(v)) for v in node.inputs)
                self.by_values[values] = node
                self.number[id(node)] = number


def _source(value: Value) -> Value:
    """Returns what a value is a reshape of."""
    while value.producer is not None and value.producer.name in RESHAPES:
        value = value.producer.inputs[0]
    return value


def _terms(root: Node, uses: dict[int, int]) -> list[Value]:
    """Returns what a tree of additions adds up."""
    terms: list[Value] = []
    stack = list(reversed(root.inputs))
    while stack:
        value = stack.pop()
        node = value.producer
        if node is not None and node.name == "add_gradients" and uses[id(value)] == 1:
            stack += reversed(node.inputs)
        else:
            terms.append(value)
    return terms


def _operands(value: Value, uses: dict[int, int]) -> tuple[Value, Value] | None:
    """Returns `a` and `b` of a product `a^T b` that nobody else reads, or None."""
    node = value.producer
    if node is None or node.name != "matmul" or uses[id(value)] != 1:
        return None
    first, second = node.inputs
    turned = first.producer
    if len(value.shape) != 2:
        return None
    if first.kind == "constant":  # the zeros before the first step, turned already
        source = first.source.T
        return Value(source.shape, first.dtype, "constant", source), _source_of(second)
    if turned is None or turned.name != "_transpose":
        return None
    return _source_of(turned.inputs[0]), _source_of(second)


def _source_of(value: Value) -> Value:
    """Returns a matrix, without a reshape of it that changes nothing."""
    source = _source(value)
    return source if source.shape == value.shape else value


def _summed(
    root: Node, terms: list[Value], stacks: _Stacks, uses: dict[int, int]
) -> tuple[list[Node], Node | None]:
    """Returns the nodes that stand for a sum, and the stack that they read, if one."""
    made: list[Node] = []
    pairs = {id(v): pair for v in terms if (pair := _operands(v, uses)) is not None}
    sums = {id(v): rows for v in terms if (rows := _rows(v, uses)) is not None}
    stack: Node | None = None
    if _alike(list(pairs.values())):
        stacked = set(pairs)
        first, second, stack = _stacked_pair(list(pairs.values()), stacks, made)
        turned = _call("_transpose", [first], first.shape[::-1], made, {"axes": (1, 0)})
        total = _call("matmul", [turned, second], root.output.shape, made)
    elif _alike([(x,) for x in sums.values()]):
        stacked, shape = set(sums), root.output.shape
        below = _below(list(sums.values()), made)
        total = _call("_sum_to", [below], shape, made, {"shape": shape})
    else:
        return [root], None
    for value in terms:
        if id(value) not in stacked:
            total = _call("add_gradients", [total, value], total.shape, made)
    last = made.pop()
    made.append(Node(last.rule, last.inputs, last.static, [root.output]))
    for node in made:
        node.scope = root.scope
    return made, stack


def _alike(rows: list[tuple[Value, ...]]) -> bool:
    """Returns whether there are enough to stack, all of the same shapes."""
    shapes = {tuple(x.shape for x in row) for row in rows}
    return len(rows) >= FEWEST and len(shapes) == 1


def _rows(value: Value, uses: dict[int, int]) -> Value | None:
    """Returns the matrix whose rows a value is the sum of, if nobody else reads it."""
    node = value.producer
    if node is None or node.name != "_sum_to" or uses[id(value)] != 1:
        return None
    x = _source_of(node.inputs[0])
    summed = len(x.shape) == 2 and value.shape in (x.shape[1:], (1, *x.shape[1:]))
    return x if summed else None


def _stacked_pair(
    pairs: list[tuple[Value, Value]], stacks: _Stacks, made: list[Node]
) -> tuple[Value, Value, Node | None]:
    """Returns both operands stacked, in the order of a stack that is there."""
    for side in (1, 0):
        found = stacks.by_values.get(frozenset(id(_source(p[side])) for p in pairs))
        if found is None or len(found.inputs) != len(pairs):
            continue
        place = {id(_source(v)): i for i, v in enumerate(found.inputs)}
        pairs = sorted(pairs, key=lambda pair: place[id(_source(pair[side]))])
        rows = sum(pair[side].shape[0] for pair in pairs)
        shape = (rows, pairs[0][side].shape[1])
        given = _call("_reshape", [found.output], shape, made, {"newshape": shape})
        other = _below([pair[1 - side] for pair in pairs], made)
        return (other, given, found) if side else (given, other, found)
    first, second = (_below([p[side] for p in pairs], made) for side in (0, 1))
    return first, second, None


def _below(values: list[Value], made: list[Node]) -> Value:
    """Returns matrices one below the other."""
    shape = (sum(v.shape[0] for v in values), values[0].shape[1])
    return _call("_concatenate", values, shape, made, {"axis": 0})


def _call(
    name: str,
    inputs: list[Value],
    shape: tuple[int, ...],
    made: list[Node],
    static: dict[str, Any] | None = None,
) -> Value:
    value = Value(shape, inputs[0].dtype, "node")
    made.append(Node(PRIMITIVES[name], inputs, static or {}, [value]))
    return value
