"""What goes into two rows of columns is there twice; nothing else is."""

import numpy as np

from kerasish import ops
from kerasish.tracing.passes.doubling import Twin, double_columns
from tests.kerasish.tracing.graphs import interpret, names, record, same

X = np.linspace(-1, 2, 12).astype("float32").reshape(3, 4)


def doubled(fn, fusible=lambda node: node.name != "_concatenate"):
    graph, outputs = record(fn, X)
    double_columns(graph, fusible)
    same(interpret(graph, X)[0], outputs)
    return names(graph)


def twice(x, axis=1):
    y, z = ops.exp(x), ops.sin(x)
    return ops.concatenate([y, z], axis), ops.concatenate([z, y, y], axis)


def test_each_concatenation_gets_operands_of_its_own():
    assert doubled(twice).count("_twin") == 3


def test_rows_stay_as_they_are():
    assert "_twin" not in doubled(lambda x: twice(x, 0))


def test_inputs_and_what_no_kernel_makes_stay_as_they_are():
    assert "_twin" not in doubled(lambda x: ops.concatenate([x, x], 1))
    assert "_twin" not in doubled(twice, lambda node: False)


def test_a_twin_is_the_same():
    assert Twin().function(X) is X
