"""Graphs for the tests of tracing: recorded from functions, and run node by node.

`interpret` is the reference of what a graph means: it calls each primitive in turn on
fresh arrays, without memory planning, lowering or homes.
"""

import numpy as np

from kerasish import ops
from kerasish.autodiff import Tensor
from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.core import tree
from kerasish.tracing.graph import Graph, Node, Value
from kerasish.tracing.homes import offsets
from kerasish.tracing.packed import Fused
from kerasish.tracing.recorder import Recorder

__all__ = [
    "constant",
    "input_value",
    "interpret",
    "names",
    "node",
    "record",
    "same",
]


def record(fn, *arrays):
    """Returns the graph of a function of tensors, and the arrays that it returned.

    Variables that the function changed are as they were.
    """
    given = [ops.convert_to_tensor(x) for x in arrays]
    given = [Tensor(x._array.copy()) for x in given]
    with Recorder(given) as recorder:
        made = tree.flatten(fn(*given))
    assert recorder.obstacle is None, recorder.obstacle
    graph = recorder.graph(made)
    for array in recorder._kept:
        value = recorder._known.get(id(array))
        if value is not None and value.kind == "variable":
            value.source.assign(array.copy())
    return graph, [x._array for x in made]


def input_value(*shape, dtype="float32"):
    """Returns an input of a graph that is built by hand."""
    return Value(shape, dtype, "input")


def constant(array, dtype="float32"):
    """Returns a constant of a graph that is built by hand."""
    array = np.asarray(array, dtype)
    return Value(array.shape, dtype, "constant", array)


def node(name, *inputs, shape=None, dtype=None, **static):
    """Returns a call of a primitive; its output is like the first input if not told."""
    shape = inputs[0].shape if shape is None else shape
    output = Value(shape, dtype or inputs[0].dtype, "node")
    return Node(PRIMITIVES[name], inputs, static, [output])


def names(graph):
    """Returns the names of a graph's nodes, in order."""
    return [made.name for made in graph.nodes]


def interpret(graph, *arrays):
    """Returns the outputs and the variables' new values, as lists of arrays."""
    assert isinstance(graph, Graph)
    held = {id(v): np.asarray(x) for v, x in zip(graph.inputs, arrays, strict=True)}

    def value_of(value):
        if id(value) not in held:
            assert value.kind in ("constant", "variable"), f"{value} was not computed"
            variable = value.kind == "variable"
            held[id(value)] = value.source._tensor._array if variable else value.source
        return held[id(value)]

    with np.errstate(all="ignore"):
        for made in graph.nodes:
            given = [value_of(v) for v in made.inputs]
            if isinstance(made.rule, Fused):
                results = _fused(made.rule, value_of)
            else:
                results = made.rule.function(*given, **made.static)
                results = (results,) if made.single else results
            for value, array in zip(made.outputs, results, strict=True):
                assert array.shape == value.shape, made
                assert array.dtype == value.dtype, made
                held[id(value)] = array
    outputs = [value_of(v) for v in graph.outputs]
    return outputs, [value_of(v) for _, v in graph.updates]


def _fused(rule, value_of):
    """Runs a chain call by call; rows of several values lie in one flat array."""
    chain, held = rule.chain, {}
    for i, slot in enumerate(chain.slots):
        if slot.constant is not None:
            held[i] = np.full(slot.shape, slot.constant, slot.dtype)
    for i, row in zip(chain.inputs, rule.rows_in, strict=True):
        held[i] = _flat([value_of(v) for v in row], chain.slots[i])
    for call in chain.calls:
        given = [held[i] for i in call.inputs]
        made = PRIMITIVES[call.name].function(*given, **dict(call.static))
        slot = chain.slots[call.output]
        assert (made.shape, made.dtype) == (slot.shape, slot.dtype), call
        held[call.output] = made
    results = []
    for i, row in zip(chain.outputs, rule.rows_out, strict=True):
        if len(row) == 1:
            results.append(held[i].reshape(row[0].shape))
            continue
        for value, start in zip(row, offsets(row)[0], strict=True):
            part = held[i][start : start + value.size]
            results.append(part.reshape(value.shape))
    return results


def _flat(arrays, slot):
    if len(arrays) == 1:
        return arrays[0].reshape(slot.shape)
    starts, size = offsets(arrays)
    flat = np.zeros(size, slot.dtype)
    for array, start in zip(arrays, starts, strict=True):
        flat[start : start + array.size] = array.ravel()
    return flat


def same(found, expected, rtol=1e-5, atol=1e-6):
    """Checks that two lists of arrays agree, dtypes and shapes too."""
    for x, y in zip(found, expected, strict=True):
        x, y = np.asarray(x), np.asarray(y)
        assert x.dtype == y.dtype
        assert x.shape == y.shape
        if x.dtype.kind in "fc":
            np.testing.assert_allclose(x, y, rtol=rtol, atol=atol)
        else:
            np.testing.assert_array_equal(x, y)
