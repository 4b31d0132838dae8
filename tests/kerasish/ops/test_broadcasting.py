"""Broadcasting and its undoing."""

import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ShapeError
from kerasish.ops.broadcasting import unbroadcast


def test_shapes_that_do_not_fit():
    for x in (ops.ones(2), KerasTensor((2,))):
        with pytest.raises(ShapeError, match=r"broadcast.*\(2,\).*\(3,\)"):
            ops.broadcast_to(x, (3,))
    with pytest.raises(
        ShapeError, match=r"shape \(2, 3\) does not broadcast to \(3,\)"
    ):
        ops.broadcast_to(ops.ones((2, 3)), (3,))


@pytest.mark.parametrize("shape", [(), (3,), (1, 3), (2, 1), (1, 1), (2, 3)])
def test_gradients_get_the_shape_of_their_operand(shape):
    made = unbroadcast(ops.ones((2, 3)), ops.ones(shape))
    assert made.shape == shape
    assert made.sum().item() == 6


def test_a_gradient_that_fits_is_not_touched():
    g = ops.ones((2, 3))
    assert unbroadcast(g, g) is g
