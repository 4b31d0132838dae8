"""Shape rules."""

import pytest

from kerasish.autodiff import TensorSpec
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.ops import specs

X = TensorSpec((None, 3), "float32")


def test_rules():
    assert specs.same(X, anything=1) is X
    assert specs.boolean(X) == TensorSpec((None, 3), "bool")
    assert specs.with_dtype("int32")(X, X) == TensorSpec((None, 3), "int32")
    assert specs.broadcast(X, TensorSpec((4, 1, 1), "float32")).shape == (4, None, 3)
    assert specs.broadcast_boolean(X, X).dtype == "bool"
    assert specs.reduce(X, axis=1, keepdims=True).shape == (None, 1)


@pytest.mark.parametrize(
    "shapes, expected",
    [
        (((),), ()),
        (((2, 1), (3,)), (2, 3)),
        (((None, 3), (1,)), (None, 3)),
        (((None,), (4,)), (4,)),
        (((None,), (None,)), (None,)),
        (((0,), (1,)), (0,)),
        ((), ()),
    ],
)
def test_broadcast_shapes(shapes, expected):
    assert specs.broadcast_shapes(*shapes) == expected


def test_broadcast_shapes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"Received: \(2, 3\), \(None, 4\)"):
        specs.broadcast_shapes((2, 3), (None, 4))


def test_axes():
    assert specs.canonical_axes(None, 2) == (0, 1)
    assert specs.canonical_axes([-1, 0], 3) == (0, 2)
    assert specs.canonical_axes(-1, 3) == (2,)
    with pytest.raises(
        ArgumentError, match="`axis` must be from -2 to 1 .*Received: ax"
    ):
        specs.canonical_axis(2, 2)
    with pytest.raises(ArgumentTypeError, match="`axis` must be an integer. Received"):
        specs.canonical_axis(1.5, 2)
    with pytest.raises(
        ArgumentError, match=r"names an axis twice. Received: axis=\(0, -"
    ):
        specs.canonical_axes((0, -2), 2)


def test_reduced_shapes():
    assert specs.reduced_shape((None, 3, 4), (0, 2), False) == (3,)
    assert specs.reduced_shape((None, 3), None, True) == (1, 1)
