"""Complex numbers: shapes, precision."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ShapeError


def test_view_needs_two_parts():
    for shape in ((3,), (2, 1), ()):
        with pytest.raises(ShapeError, match="last axis of size 2. Received: shape="):
            ops.view_as_complex(np.ones(shape))


def test_views_undo_each_other():
    z = np.array([[1 + 2j, -3j]])
    parts = ops.view_as_real(z)
    assert (parts.shape, parts.dtype) == ((1, 2, 2), "float64")
    assert ops.view_as_complex(parts).tolist() == z.tolist()


def test_real_numbers_pass():
    x = ops.ones((2,), "int32")
    assert ops.real(x) is x
    assert ops.conj(x) is x
    assert ops.imag(x).tolist() == [0, 0]
    assert ops.angle([-1, 1]).tolist() == pytest.approx([np.pi, 0])


def test_precision():
    assert ops.polar(np.ones(2), np.ones(2)).dtype == "complex128"
    assert ops.polar(1.0, 1.0).dtype == "complex64"
