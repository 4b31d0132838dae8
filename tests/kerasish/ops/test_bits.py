"""Bits of what holds none."""

import pytest

from kerasish import ops
from kerasish.core.errors import DtypeError


@pytest.mark.parametrize(
    "name", ["bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"]
)
def test_floats_have_no_bits(name):
    with pytest.raises(
        DtypeError, match="Bits are of integers and booleans. Received: d"
    ):
        getattr(ops, name)(1.5, 2)


def test_inversion():
    with pytest.raises(DtypeError, match="dtype=float32"):
        ops.bitwise_not([1.0])
    assert ops.bitwise_invert([True, False]).tolist() == [False, True]


def test_the_sign_stays_when_shifted_down():
    assert ops.right_shift(-8, 1).item() == -4
    assert ops.left_shift(True, 3).item() == 8
