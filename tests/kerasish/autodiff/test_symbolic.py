"""Symbolic tensors and the graph of operations."""

import copy
import pickle

import pytest

from kerasish import ops
from kerasish.autodiff import (
    KerasTensor,
    Node,
    OpCall,
    Operation,
    TensorSpec,
    is_keras_tensor,
    is_symbolic,
    spec_of,
    symbolic_scope,
)
from kerasish.autodiff.symbolic import has_symbolic
from kerasish.core.errors import ArgumentError, ArgumentTypeError, StateError


@pytest.fixture
def x():
    return KerasTensor((None, 3), name="x")


def test_specs():
    spec = TensorSpec([None, 3], "float32")
    assert spec == TensorSpec((None, 3), "float32")
    assert spec != TensorSpec((None, 3), "float16")
    assert len({spec, TensorSpec((None, 3), "float32")}) == 1
    assert (spec.ndim, repr(spec)) == (
        2,
        "TensorSpec(shape=(None, 3), dtype='float32')",
    )
    assert spec_of(ops.ones((2,))) == TensorSpec((2,), "float32")


def test_attributes(x):
    assert (x.shape, x.dtype, x.ndim, x.name) == ((None, 3), "float32", 2, "x")
    assert (x.sparse, x.ragged) == (False, False)
    assert x.spec == TensorSpec((None, 3), "float32")
    assert repr(x) == str(x) == "<KerasTensor shape=(None, 3), dtype=float32, name=x>"
    assert KerasTensor((1,)).name == "keras_tensor"


@pytest.mark.parametrize(
    "use, message",
    [
        (lambda x: x.numpy(), "symbolic and has no values. It can be passed to layers"),
        (lambda x: float(x), "is symbolic and has no values"),
        (lambda x: bool(x), "neither true nor false. Branch on values with `ops.cond`"),
        (lambda x: list(x), "cannot be iterated over; use `ops.unstack`"),
        (
            lambda x: KerasTensor((1,), sparse=True),
            "is dense here. Received: sparse=Tr",
        ),
        (lambda x: KerasTensor((1,), ragged=True), "is dense here. .* ragged=True"),
    ],
)
def test_what_has_no_values_gives_none(x, use, message):
    with pytest.raises(ArgumentTypeError, match=message):
        use(x)


def test_copies(x):
    twin = copy.deepcopy(x)
    assert (twin.shape, twin.name, twin is x) == (x.shape, "x", False)
    assert pickle.loads(pickle.dumps(x)).shape == x.shape


def test_operators_build_a_graph(x):
    y = (x + 1.0) * x
    operation, node_index, tensor_index = y._keras_history
    assert y._keras_history.operation is operation
    assert y._keras_history.node_index == node_index == 0
    assert y._keras_history.tensor_index == tensor_index == 0
    node = operation._inbound_nodes[0]
    assert isinstance(node, Node)
    assert not node.is_input
    assert len(node.inputs) == 2
    assert node.inputs[1] is x
    assert [parent.operation.function for parent in node.parents] == [ops.add]
    assert "<Node of 'multiply'" in repr(node)
    assert node.parents[0].operation._outbound_nodes == [node]


def test_arguments_are_filled_in(x):
    y = ops.clip(x, 0.0, x_max=1.0)
    (node,) = y._keras_history.operation._inbound_nodes
    value = ops.convert_to_tensor([[-1.0, 0.5, 2.0]])
    args, kwargs = node.fill({id(x): value})
    assert args == (value, 0.0)
    assert kwargs == {"x_max": 1.0}
    assert node.operation(*args, **kwargs).tolist() == [[0.0, 0.5, 1.0]]
    (single,) = ops.exp(x)._keras_history.operation._inbound_nodes
    assert single.fill({id(x): value}) == ((value,), {})
    assert single.fill({}) == ((x,), {})


def test_no_graph_grows_while_shapes_are_inferred(x):
    with symbolic_scope():
        y = x + 1.0
    assert y._keras_history is None
    assert y.shape == (None, 3)


def test_operations_have_names():
    assert Operation().name == "operation"
    assert Operation().name == "operation_1"
    assert Operation(name="mine").name == "mine"
    with pytest.raises(ArgumentError, match="`name` must be a string without '/'"):
        Operation(name="a/b")


def test_an_operation_of_ones_own(x):
    class Halve(Operation):
        def compute_output_spec(self, x):
            return x, KerasTensor(x.shape[:1], x.dtype)

    halve = Halve()
    with pytest.raises(StateError, match="'halve' has never been called"):
        halve.output  # noqa: B018
    first, second = halve.symbolic_call(x)
    assert first is not x  # a tensor of the graph's own
    assert (first.shape, second.shape) == ((None, 3), (None,))
    assert halve.input is x
    assert halve.output == (first, second)
    assert second._keras_history.tensor_index == 1
    halve.symbolic_call(x)
    with pytest.raises(StateError, match="was called several times"):
        halve.input  # noqa: B018
    with pytest.raises(NotImplementedError, match="must define `compute_output_s"):
        Operation().symbolic_call(x)


def test_op_calls(x):
    call = OpCall(ops.add)
    assert call.name == "add"
    assert call(x, x).shape == (None, 3)
    assert call(1, 2).item() == 3


def test_finding_symbolic_tensors(x):
    assert is_keras_tensor(x)
    assert not is_keras_tensor(ops.ones(1))
    assert is_symbolic({"a": [x]})
    assert not is_symbolic(1, [2])
    assert has_symbolic((1, [2, x]), {})
    assert has_symbolic((), {"a": {"b": x}})
    assert not has_symbolic((1, "x", None), {"a": 2})
