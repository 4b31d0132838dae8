"""The graph between symbolic inputs and outputs: found, checked, and run on data."""

from typing import Any

from kerasish.autodiff import KerasTensor, Node, Operation
from kerasish.autodiff.symbolic import is_keras_tensor
from kerasish.core import tree
from kerasish.core.errors import ArgumentError

__all__ = ["Graph"]


class Graph:
    """The calls that lead from inputs to outputs, in an order that can be run.

    Args:
        inputs: Symbolic tensors in any structure.
        outputs: Symbolic tensors in any structure.

    Raises:
        ArgumentError: If an output does not follow from the inputs, or names repeat.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.inputs = tree.flatten(inputs)
        self.outputs = tree.flatten(outputs)
        self.structure = outputs
        known = {id(x) for x in self.inputs}
        self.nodes = _sorted_nodes(self.outputs, known)
        self.operations = _by_depth(self.inputs, self.outputs, self.nodes)
        self.parts: dict[str, Any] = {}  # what others have found out about the graph
        _check_names(self.operations)

    def __getstate__(self) -> dict[str, Any]:
        # Flat, since nodes hold each other: deep models would exceed the stack.
        starts = [_node_of(x) for x in self.inputs]
        nodes = {id(node): node for node in (*starts, *self.nodes)}
        calls = [(n.operation, n.args, n.kwargs, n.output) for n in nodes.values()]
        return {"calls": calls, "inputs": self.inputs, "outputs": self.structure}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for call in state["calls"]:
            Node(*call)
        self.__init__(state["inputs"], state["outputs"])  # type: ignore[misc]

    def run(self, values: list[Any], call: Any) -> Any:
        """Computes the outputs.

        Args:
            values: Tensors for the inputs, in order.
            call: What calls an operation: `(operation, args, kwargs) -> result`.

        Returns:
            The outputs as they are structured.
        """
        held = {id(x): v for x, v in zip(self.inputs, values, strict=True)}
        for node in self.nodes:
            args, kwargs = node.fill(held)
            result = call(node.operation, args, kwargs)
            if len(node.outputs) == 1:
                held[id(node.outputs[0])] = (
                    result
                    if node.output is node.outputs[0]
                    else tree.flatten(result)[0]
                )
            else:
                for x, v in zip(node.outputs, _leaves(result, node), strict=True):
                    held[id(x)] = v
        if len(self.outputs) == 1 and self.structure is self.outputs[0]:
            return held[id(self.outputs[0])]
        return tree.map_structure(lambda x: held[id(x)], self.structure)


def _node_of(x: KerasTensor) -> Node:
    operation, index, _ = x._keras_history  # type: ignore[misc]
    return operation._inbound_nodes[index]  # type: ignore[no-any-return]


def _leaves(result: Any, node: Node) -> list[Any]:
    pairs = zip(tree.flatten(node.output), tree.flatten(result), strict=True)
    return [value for template, value in pairs if is_keras_tensor(template)]


def _sorted_nodes(outputs: list[KerasTensor], known: set[int]) -> list[Node]:
    order: list[Node] = []
    done: set[int] = set()
    stack: list[tuple[Node, bool]] = []

    def push(x: KerasTensor) -> None:
        if id(x) in known:
            return
        if x._keras_history is None:
            raise ArgumentError(
                f"`inputs` not connected to `outputs`: {x!r} comes from no layer."
            )
        operation, index, _ = x._keras_history
        stack.append((operation._inbound_nodes[index], False))

    for output in outputs[::-1]:
        push(output)
    while stack:
        node, ready = stack.pop()
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
            continue
        if node.is_input:
            raise ArgumentError(
                "`inputs` not connected to `outputs`: the output depends on the input "
                f"{node.operation.name!r}, which is not among the model's inputs."
            )
        stack.append((node, True))
        for x in node.inputs[::-1]:
            push(x)
    return order


def _by_depth(
    inputs: list[KerasTensor], outputs: list[KerasTensor], nodes: list[Node]
) -> list[Operation]:
    """Orders operations as Keras does, which is the order of a model's weights.

    Those farthest from the outputs come first; among equals, those that a walk from
    the outputs, first input first, meets first.
    """
    own = {id(node) for node in nodes}
    depths: dict[int, int] = {}
    for node in reversed(nodes):
        depth = max(depths.get(id(node), 0), depths.get(id(node.operation), 0))
        depths[id(node)] = depths[id(node.operation)] = depth
        for parent in node.parents:
            depths[id(parent)] = max(depths.get(id(parent), 0), depth + 1)
    met: dict[int, Operation] = {}
    seen: set[int] = set()
    stack = outputs[::-1]
    while stack:
        operation, index, _ = stack.pop()._keras_history  # type: ignore[misc]
        node = operation._inbound_nodes[index]
        met.setdefault(id(operation), operation)
        if id(node) not in seen:
            seen.add(id(node))
            stack.extend(node.inputs[::-1] if id(node) in own else [])
    for x in inputs:
        start = x._keras_history.operation  # type: ignore[union-attr]
        met.setdefault(id(start), start)
        node = start._inbound_nodes[x._keras_history.node_index]  # type: ignore[union-attr]
        depths[id(start)] = depths.get(id(node), 0)
    return sorted(met.values(), key=lambda o: -depths.get(id(o), 0))


def _check_names(operations: list[Operation]) -> None:
    seen: dict[str, Operation] = {}
    for operation in operations:
        held = seen.setdefault(operation.name, operation)
        if held is not operation:
            raise ArgumentError(
                f"The name {operation.name!r} is used twice in the model. All "
                "layers of a model must have different names."
            )
