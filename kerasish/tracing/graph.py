"""Graph: a recorded computation, as a list of primitive calls on values.

The recorder makes it, the passes improve it, lowering turns it into a plan. A value is
written once, by the node that produces it, so a node may be moved or dropped wherever
its inputs and outputs allow. Variables are read as values at the start and take their
new values at the end; nothing in between has an effect, but what processes of a group
do together: that stays, in its order.
"""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Any

import numpy as np

from kerasish.backends import current

__all__ = ["Graph", "Node", "Value"]

BYTES = {"bool": 1, "bfloat16": 2}


class Value:
    """An array that a graph reads or computes.

    Args:
        shape: The size of each axis.
        dtype: Dtype name.
        kind: "input", "variable" (its value at the start), "constant" or "node".
        source: For a variable the variable, for a constant the array; else None.
    """

    __slots__ = ("dtype", "kind", "producer", "shape", "source")

    def __init__(
        self, shape: tuple[int, ...], dtype: str, kind: str, source: Any = None
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.kind = kind
        self.source = source
        self.producer: Node | None = None

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """The bytes that the elements take."""
        each = BYTES.get(self.dtype) or np.dtype(self.dtype).itemsize
        return self.size * each

    def numpy(self) -> np.ndarray:
        """Returns the elements of a constant, on the host."""
        return np.asarray(current().to_numpy(self.source))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.dtype}{list(self.shape)}>"


class Node:
    """One call of a primitive.

    Args:
        rule: The primitive; its `function` runs on raw arrays.
        inputs: The values it reads.
        static: The other arguments by name.
        outputs: The values it writes.
        single: Whether the function returns an array, not a tuple of arrays.
        scope: The path of the layer that called it.
    """

    __slots__ = ("inputs", "outputs", "rule", "scope", "single", "static")

    def __init__(
        self,
        rule: Any,
        inputs: Iterable[Value],
        static: dict[str, Any],
        outputs: Iterable[Value],
        single: bool = True,
        scope: str = "",
    ) -> None:
        self.rule = rule
        self.inputs = tuple(inputs)
        self.static = static
        self.outputs = tuple(outputs)
        self.single = single
        self.scope = scope
        for value in self.outputs:
            value.producer = self

    @property
    def name(self) -> str:
        """The primitive's name."""
        return self.rule.__name__  # type: ignore[no-any-return]

    @property
    def has_effect(self) -> bool:
        """Whether it does more than compute, as what processes do together."""
        return getattr(self.rule, "has_effect", False)

    @property
    def output(self) -> Value:
        """The first value it writes."""
        return self.outputs[0]

    def __repr__(self) -> str:
        return f"<node {self.name} {list(self.inputs)} -> {list(self.outputs)}>"


class Graph:
    """A recorded computation.

    Args:
        inputs: The values given at each run, in order.
        nodes: The calls, each after those that it needs.
        outputs: The values returned, in order.
        updates: Pairs `(variable, value)`: what each assigned variable becomes.
    """

    def __init__(
        self,
        inputs: Iterable[Value],
        nodes: Iterable[Node],
        outputs: Iterable[Value],
        updates: Iterable[tuple[Any, Value]] = (),
    ) -> None:
        self.inputs = list(inputs)
        self.nodes = list(nodes)
        self.outputs = list(outputs)
        self.updates = list(updates)

    def copy(self) -> "Graph":
        """Returns a graph of new nodes and values, on the same sources."""
        made: dict[int, Value] = {}

        def copied(value: Value) -> Value:
            found = made.get(id(value))
            if found is None:
                found = Value(value.shape, value.dtype, value.kind, value.source)
                made[id(value)] = found
            return found

        inputs = [copied(v) for v in self.inputs]
        nodes = [
            Node(
                node.rule,
                [copied(v) for v in node.inputs],
                node.static,
                [copied(v) for v in node.outputs],
                node.single,
                node.scope,
            )
            for node in self.nodes
        ]
        outputs = [copied(v) for v in self.outputs]
        updates = [(variable, copied(v)) for variable, v in self.updates]
        return Graph(inputs, nodes, outputs, updates)

    def results(self) -> Iterator[Value]:
        """Yields the values that must be there in the end."""
        yield from self.outputs
        for _, value in self.updates:
            yield value

    def values(self) -> list[Value]:
        """Returns every value once, in the order in which they are first met."""
        found: dict[int, Value] = {}
        for value in self.inputs:
            found.setdefault(id(value), value)
        for node in self.nodes:
            for value in (*node.inputs, *node.outputs):
                found.setdefault(id(value), value)
        for value in self.results():
            found.setdefault(id(value), value)
        return list(found.values())

    def variables(self) -> list[Any]:
        """Returns the variables that are read or assigned, each once."""
        found = [v.source for v in self.values() if v.kind == "variable"]
        found += [variable for variable, _ in self.updates]
        return list({id(v): v for v in found}.values())

    def uses(self) -> dict[int, int]:
        """Returns how often each value, by its `id`, is read or is a result."""
        counts: dict[int, int] = {}
        for node in self.nodes:
            for value in node.inputs:
                counts[id(value)] = counts.get(id(value), 0) + 1
        for value in self.results():
            counts[id(value)] = counts.get(id(value), 0) + 1
        return counts

    def replace(self, replaced: dict[int, Value]) -> None:
        """Reads other values in place of some.

        Args:
            replaced: The new value by the `id` of the old; chains are followed.
        """
        if not replaced:
            return

        def final(value: Value) -> Value:
            while id(value) in replaced:
                value = replaced[id(value)]
            return value

        for node in self.nodes:
            node.inputs = tuple(final(v) for v in node.inputs)
        self.outputs = [final(v) for v in self.outputs]
        self.updates = [(variable, final(v)) for variable, v in self.updates]

    def __str__(self) -> str:
        """A line for each node: its value, shape, primitive and inputs."""
        names = {id(v): f"%{i}" for i, v in enumerate(self.values())}
        for value in self.values():
            if value.kind == "variable":
                names[id(value)] = f"[{value.source.path}]"
            elif value.kind == "constant" and value.size == 1:
                names[id(value)] = str(value.numpy().item())
        lines = []
        for node in self.nodes:
            left = ", ".join(
                f"{names[id(v)]}: {v.dtype}{list(v.shape)}" for v in node.outputs
            )
            given = [names[id(v)] for v in node.inputs]
            given += [f"{key}={value!r}" for key, value in node.static.items()]
            lines.append(f"{left} = {node.name}({', '.join(given)})")
        for variable, value in self.updates:
            lines.append(f"[{variable.path}] := {names[id(value)]}")
        lines.append(f"return {', '.join(names[id(v)] for v in self.outputs)}")
        return "\n".join(lines)
