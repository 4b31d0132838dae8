"""Symbolic tensors and the graph of operations that functional models are made of.

`KerasTensor` has a shape and dtype and no values. Calling an `Operation` (a layer, or
an op) on one adds a `Node` to the graph; `kerasish.models.functional` reads it back.
"""

import copy
from typing import Any, Self

from kerasish.autodiff.mode import current, symbolic_scope
from kerasish.autodiff.tensor import Tensor
from kerasish.backends import Array
from kerasish.core import tree
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentError, ArgumentTypeError, StateError
from kerasish.core.naming import auto_name

__all__ = [
    "History",
    "KerasTensor",
    "Node",
    "OpCall",
    "Operation",
    "TensorSpec",
    "has_symbolic",
    "is_keras_tensor",
    "is_symbolic",
    "spec_of",
]

Shape = tuple[int | None, ...]


class TensorSpec:
    """A shape, where None is an unknown size, and a dtype.

    Example:
        >>> TensorSpec((None, 3), "float32")
        TensorSpec(shape=(None, 3), dtype='float32')
    """

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: Any, dtype: str) -> None:
        self.shape: Shape = tuple(shape)
        self.dtype = dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TensorSpec)
            and self.shape == other.shape
            and self.dtype == other.dtype
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r})"


class KerasTensor(Tensor):
    """A symbolic tensor: a shape and dtype that stand for values to come.

    Args:
        shape: Tuple of sizes; None where a size is unknown.
        dtype: A dtype name, default `"float32"`.
        sparse: Must be False; sparse tensors do not exist here.
        ragged: Must be False; ragged tensors do not exist here.
        record_history: Accepted as Keras does; history is recorded by operations.
        name: A name, made up if None.

    Example:
        >>> x = KerasTensor((None, 4), name="x")
        >>> x
        <KerasTensor shape=(None, 4), dtype=float32, name=x>
    """

    __slots__ = ("_dtype", "_keras_history", "_shape", "name", "ragged", "sparse")

    def __init__(
        self,
        shape: Any,
        dtype: Any = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
    ) -> None:
        if sparse or ragged:
            raise ArgumentTypeError(
                "`KerasTensor` is dense here. "
                f"Received: sparse={sparse}, ragged={ragged}"
            )
        self._shape: Shape = tuple(shape)
        self._dtype = standardize_dtype(dtype)
        self._keras_history: History | None = None
        self.name = name or auto_name("keras_tensor")
        self.sparse = False
        self.ragged = False

    @property
    def shape(self) -> Any:
        """The size of each axis, None where unknown."""
        return self._shape

    @property
    def dtype(self) -> str:
        """The dtype's name."""
        return self._dtype

    @property
    def spec(self) -> TensorSpec:
        """The shape and dtype."""
        return TensorSpec(self._shape, self._dtype)

    @property
    def array(self) -> Array:
        """Refused: there are no values."""
        raise ArgumentTypeError(
            f"{self!r} is symbolic and has no values. It can be passed to layers and "
            "`kerasish.ops`; use a `Model` to compute with data."
        )

    def __bool__(self) -> bool:
        raise ArgumentTypeError(
            f"{self!r} is symbolic and is neither true nor false. Branch on values "
            "with `ops.cond` or `ops.where`."
        )

    def __iter__(self) -> Any:
        raise ArgumentTypeError(
            f"{self!r} is symbolic and cannot be iterated over; use `ops.unstack`."
        )

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    __str__ = __repr__

    def __deepcopy__(self, memo: dict[int, Any]) -> "KerasTensor":
        made = KerasTensor(self._shape, self._dtype, name=self.name)
        memo[id(self)] = made
        return made

    def __reduce__(self) -> Any:
        return KerasTensor, (
            self._shape, self._dtype, False, False, True, self.name,
        )  # fmt: skip


class History(tuple):  # type: ignore[type-arg]
    """Where a symbolic tensor comes from: `(operation, node_index, tensor_index)`."""

    __slots__ = ()

    @property
    def operation(self) -> "Operation":
        """The layer or op whose call made the tensor."""
        return self[0]  # type: ignore[no-any-return]

    @property
    def node_index(self) -> int:
        """Which call of the operation it was."""
        return self[1]  # type: ignore[no-any-return]

    @property
    def tensor_index(self) -> int:
        """Which of the call's outputs it is."""
        return self[2]  # type: ignore[no-any-return]


class Node:
    """One call of an operation on symbolic tensors.

    `inputs` are the symbolic tensors among the arguments and `outputs` those that were
    returned, both in order.

    Args:
        operation: What was called.
        args: Its positional arguments, symbolic tensors among them.
        kwargs: Its keyword arguments.
        output: What it returned, as it was structured.
    """

    def __init__(
        self, operation: "Operation", args: Any, kwargs: dict[str, Any], output: Any
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.inputs = [x for x in tree.flatten((args, kwargs)) if is_keras_tensor(x)]
        self.output = output
        self.outputs = [x for x in tree.flatten(output) if is_keras_tensor(x)]
        index = len(operation._inbound_nodes)
        for i, x in enumerate(self.outputs):
            x._keras_history = History((operation, index, i))
        operation._inbound_nodes.append(self)
        for x in self.inputs:
            if x._keras_history is not None:
                x._keras_history.operation._outbound_nodes.append(self)

    @property
    def parents(self) -> list["Node"]:
        """The nodes that made the inputs."""
        found = []
        for x in self.inputs:
            if x._keras_history is not None:
                operation, index, _ = x._keras_history
                found.append(operation._inbound_nodes[index])
        return found

    @property
    def is_input(self) -> bool:
        """Whether the node stands for data that is given from outside."""
        return not self.inputs

    def fill(self, values: dict[int, Any]) -> tuple[Any, dict[str, Any]]:
        """Returns the arguments with symbolic tensors replaced, by `id`, by values."""

        def value(x: Any) -> Any:
            return values[id(x)] if is_keras_tensor(x) and id(x) in values else x

        if len(self.args) == 1 and not self.kwargs and is_keras_tensor(self.args[0]):
            return (value(self.args[0]),), {}
        return tree.map_structure(value, (self.args, self.kwargs))  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<Node of {self.operation.name!r}: {self.inputs} -> {self.outputs}>"


class Operation:
    """Anything that can be called on symbolic tensors: a layer, or an op.

    Args:
        name: A name without `/`, made up from the class if None.
    """

    name: str

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = auto_name(type(self).__name__)
        if not isinstance(name, str) or "/" in name:
            raise ArgumentError(
                f"`name` must be a string without '/'. Received: name={name!r}"
            )
        self.name = name
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []

    def __getstate__(self) -> dict[str, Any]:
        # A copy stands in no graph; a graph that is copied puts it into the new one.
        return {**vars(self), "_inbound_nodes": [], "_outbound_nodes": []}

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # two that share weights would get in their way

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Computes, or adds a node to the graph where inputs are symbolic."""
        if has_symbolic(args, kwargs) and not current().symbolic:
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Computes; a subclass must define it."""
        raise NotImplementedError(f"`{type(self).__name__}` must define `call`.")

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments; one with more than a name overrides."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes an operation from what `get_config` returned."""
        return cls(**config)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Returns symbolic outputs for symbolic inputs; nothing is computed."""
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `compute_output_spec`."
        )

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the operation on symbolic tensors and adds a node to the graph."""
        return self._add_node(args, kwargs, kwargs)

    def _add_node(
        self, args: Any, kwargs: dict[str, Any], noted: dict[str, Any]
    ) -> Any:
        """Returns symbolic outputs, noting some keyword arguments in a new node."""
        output = self._output_spec(args, kwargs)
        if not current().symbolic:
            output = tree.map_structure(_fresh, output)
            Node(self, args, noted, output)
        return output

    def _output_spec(self, args: Any, kwargs: dict[str, Any]) -> Any:
        return self.compute_output_spec(*args, **kwargs)

    @property
    def input(self) -> Any:
        """The symbolic inputs of the only call."""
        return _sole(self._only_node().inputs)

    @property
    def output(self) -> Any:
        """The symbolic outputs of the only call."""
        return self._only_node().output

    def _only_node(self) -> Node:
        nodes = self._inbound_nodes
        if len(nodes) != 1:
            state = "has never been called" if not nodes else "was called several times"
            raise StateError(
                f"`{type(self).__name__}` {self.name!r} {state} on symbolic tensors, "
                "so it has no single input and output."
            )
        return nodes[0]


class OpCall(Operation):
    """One op in a functional graph, with the arguments it was called with.

    Args:
        function: The op of `kerasish.ops`.
        name: A name, made up from the op's if None.
    """

    def __init__(self, function: Any, name: str | None = None) -> None:
        super().__init__(name or auto_name(function.__name__))
        self.function = function

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Infers the shapes of the op's results."""
        with symbolic_scope():
            return self.function(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the op."""
        return self.function(*args, **kwargs)


def is_keras_tensor(x: object) -> bool:
    """Returns whether `x` is a symbolic tensor.

    Example:
        >>> is_keras_tensor(KerasTensor((2,)))
        True
    """
    return isinstance(x, KerasTensor)


def has_symbolic(args: Any, kwargs: dict[str, Any]) -> bool:
    """Returns whether a symbolic tensor is among arguments, or in lists of them."""
    for x in args:
        if isinstance(x, KerasTensor) or (
            isinstance(x, list | tuple | dict)
            and any(map(is_keras_tensor, tree.flatten(x)))
        ):
            return True
    return bool(kwargs) and has_symbolic(tuple(kwargs.values()), {})


def is_symbolic(*structures: Any) -> bool:
    """Returns whether a symbolic tensor is anywhere in these structures."""
    return any(is_keras_tensor(x) for x in tree.flatten(structures))


def spec_of(x: Any) -> TensorSpec:
    """Returns the shape and dtype of a tensor, symbolic or not."""
    return TensorSpec(x.shape, x.dtype)


def _fresh(x: Any) -> Any:
    # An op may return its input unchanged; the graph needs a tensor of its own.
    return KerasTensor(x.shape, x.dtype) if is_keras_tensor(x) else x


def _sole(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items
