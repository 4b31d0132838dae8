"""Chains over flat arrays, block by block, against NumPy in double precision."""

import numpy as np
import pytest

from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.backends.numpy_chain import BLOCK, lower_chain
from kerasish.core.errors import BackendError

SIZES = [1, 5, BLOCK, BLOCK + 1, 3 * BLOCK - 7]


def momentum(size):
    """m = 0.9 m + g; w = w - rate m, in place."""
    flat, scalar = Slot((size,), "float32"), Slot((), "float32")
    return Chain(
        (flat, flat, flat, scalar, scalar, flat, flat, flat, flat),
        (0, 1, 2, 3, 4),
        (
            Call("multiply", (1, 4), 5),
            Call("add", (5, 2), 6),
            Call("multiply", (6, 3), 7),
            Call("subtract", (0, 7), 8),
        ),
        (6, 8),
    )


@pytest.mark.parametrize("size", SIZES)
def test_an_update_in_place(size):
    rng = np.random.default_rng(size)
    w, m, g = (rng.normal(size=size).astype("float32") for _ in range(3))
    rate, keep = np.float32(0.1).reshape(()), np.float32(0.9).reshape(())
    given = [w, m, g, np.asarray(rate), np.asarray(keep)]
    new_m = 0.9 * m.astype("float64") + g
    new_w = w - 0.1 * new_m
    run = lower_chain(momentum(size), given, [m, w])
    run()
    np.testing.assert_allclose(m, new_m, 1e-5, 1e-6)
    np.testing.assert_allclose(w, new_w, 1e-5, 1e-6)
    given[3][...] = 0.0  # scalars are read at each run
    before = w.copy()
    run()
    np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize("size", [7, BLOCK + 3])
def test_an_input_that_is_read_after_it_is_written_keeps_its_old_value(size):
    flat = Slot((size,), "float64")
    swap = Chain(
        (flat, flat, flat, flat),
        (0, 1),
        (Call("add", (0, 1), 2), Call("subtract", (0, 1), 3)),
        (2, 3),
    )
    x = np.arange(size, dtype="float64")
    y = x[::-1] ** 2
    total, difference = x + y, x - y
    lower_chain(swap, [x, y], [x, y])()
    np.testing.assert_array_equal(x, total)
    np.testing.assert_array_equal(y, difference)


def test_dtypes_may_change_on_the_way():
    wide, narrow = Slot((4,), "float64"), Slot((4,), "float32")
    chain = Chain(
        (wide, narrow, narrow),
        (0,),
        (
            Call("cast_to", (0,), 1, (("dtype", "float32"),)),
            Call("square", (1,), 2),
        ),
        (2,),
    )
    out = np.empty(4, "float32")
    lower_chain(chain, [np.arange(4.0)], [out])()
    assert out.tolist() == [0.0, 1.0, 4.0, 9.0]


def test_a_call_that_has_no_form_in_place_is_named():
    flat = Slot((4,), "float32")
    chain = Chain((flat, flat), (0,), (Call("sort", (0,), 1),), (1,))
    x = np.ones(4, "float32")
    with pytest.raises(BackendError, match="`sort` cannot be in a chain"):
        lower_chain(chain, [x], [x])
