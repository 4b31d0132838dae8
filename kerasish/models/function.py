"""Function: the graph between symbolic inputs and outputs, without a training loop."""

from typing import Any

from kerasish.autodiff import KerasTensor, Operation
from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.mode import symbolic_scope
from kerasish.autodiff.symbolic import is_keras_tensor
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.models.graph import Graph

__all__ = ["Function", "get_source_inputs"]


class Function(Operation):
    """Computes symbolic outputs from values for the symbolic inputs.

    Unlike a `Model` it is no layer, and its inputs may lie in the middle of a graph.

    Args:
        inputs: Symbolic tensors in any structure.
        outputs: Symbolic tensors in any structure.
        name: A name, made up if None.

    Raises:
        ArgumentError: If the outputs do not follow from the inputs.

    Example:
        >>> x = keras.Input((2,))
        >>> total = Function(x, keras.ops.sum(x, axis=-1))
        >>> total(np.ones((1, 2))).tolist()
        [2.0]
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        for part, value in (("inputs", inputs), ("outputs", outputs)):
            leaves = tree.flatten(value)
            if not leaves or not all(map(is_keras_tensor, leaves)):
                raise ArgumentTypeError(
                    f"`{part}` of `Function` must be symbolic tensors. "
                    f"Received: {value!r:.120}"
                )
        self._inputs_struct = inputs
        self._outputs_struct = outputs
        self._graph = Graph(inputs, outputs)

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return list(self._graph.inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return list(self._graph.outputs)

    @property
    def operations(self) -> list[Operation]:
        """The layers and ops of the graph."""
        return list(self._graph.operations)

    def call(self, inputs: Any) -> Any:
        """Computes the outputs.

        Args:
            inputs: Values, structured as the symbolic inputs.
        """
        return self._graph.run(self._fitting(inputs), _call)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs for symbolic inputs."""
        with symbolic_scope():
            return self._graph.run(self._fitting(inputs), _call)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shapes of the outputs for shapes of the inputs."""
        shapes = tree.flatten(tree.map_shape_structure(KerasTensor, input_shape))
        made = self.compute_output_spec(
            tree.pack_sequence_as(self._inputs_struct, shapes)
        )
        return tree.map_structure(lambda x: x.shape, made)

    def _fitting(self, inputs: Any) -> list[Any]:
        given, wanted = tree.flatten(inputs), self._graph.inputs
        if len(given) != len(wanted):
            raise ArgumentError(
                f"`Function` {self.name!r} takes {len(wanted)} inputs. "
                f"Received: {len(given)}"
            )
        values = []
        for value, x in zip(given, wanted, strict=True):
            value = value if is_keras_tensor(value) else as_tensor(value, x.dtype)
            sizes = zip(x.shape, value.shape, strict=False)
            if len(value.shape) != len(x.shape) or any(
                None not in (n, m) and n != m for n, m in sizes
            ):
                raise ShapeError(
                    f"Input {x.name!r} of `Function` {self.name!r} has the shape "
                    f"{x.shape}. Received: {value.shape}"
                )
            values.append(value)
        return values


def get_source_inputs(tensor: Any) -> list[KerasTensor]:
    """Returns the symbolic inputs that a symbolic tensor is computed from.

    Args:
        tensor: A symbolic tensor.

    Raises:
        ArgumentTypeError: If it is not symbolic.

    Example:
        >>> a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
        >>> [x.name for x in get_source_inputs(a + b)]
        ['a', 'b']
    """
    if not is_keras_tensor(tensor):
        raise ArgumentTypeError(
            "`tensor` of `get_source_inputs` must be a symbolic tensor. "
            f"Received: {tensor!r:.120}"
        )
    found: list[KerasTensor] = []
    stack, seen = [tensor], {id(tensor)}
    while stack:
        x = stack.pop()
        history = x._keras_history
        node = None if history is None else history[0]._inbound_nodes[history[1]]
        if node is None or node.is_input:
            found.append(x)
            continue
        for parent in node.inputs[::-1]:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append(parent)
    return found


def _call(operation: Any, args: Any, kwargs: Any) -> Any:
    return operation(*args, **kwargs)
