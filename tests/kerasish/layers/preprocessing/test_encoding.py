"""Encodings of integers against plain loops, and what is refused."""

import numpy as np
import pytest

from kerasish.layers.preprocessing.encoding import (
    check_dense,
    check_output_mode,
    encode,
    encoded_shape,
)
from kerasish.tracing import Function

IDS = np.random.default_rng(0).integers(-1, 7, (4, 3, 5))
WEIGHTS = np.random.default_rng(1).normal(size=IDS.shape).astype("float32")
DEPTH = 6


def expected(ids, mode, weights):
    """Counts one by one; what is out of range is left out."""
    found = np.zeros((*ids.shape[:-1], DEPTH))
    for place in np.ndindex(ids.shape):
        if 0 <= ids[place] < DEPTH:
            found[(*place[:-1], ids[place])] += weights[place]
    return (found > 0) * 1.0 if mode == "multi_hot" else found


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32"])
@pytest.mark.parametrize("mode", ["multi_hot", "count"])
@pytest.mark.parametrize("shape", [(4, 3, 5), (12, 5), (60,), (0, 5), (5, 0)])
def test_rows_are_counted(mode, shape, dtype):
    ids = IDS.ravel()[: int(np.prod(shape))].reshape(shape)
    found = encode(ids, mode, DEPTH, dtype)
    np.testing.assert_array_equal(found, expected(ids, mode, np.ones(shape)))
    assert found.dtype == dtype
    assert tuple(found.shape) == encoded_shape(shape, mode, DEPTH)


def test_weights_are_added():
    found = encode(IDS, "count", DEPTH, "float32", WEIGHTS)
    wanted = expected(IDS, "count", WEIGHTS)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((), (1, 6)),
        ((3,), (3, 6)),
        ((3, 1), (3, 6)),
        ((2, 3), (2, 3, 6)),
        ((1,), (1, 6)),
    ],
)
def test_single_integers_have_a_vector_each(shape, wanted):
    ids = np.ones(shape, int)
    found = encode(ids, "one_hot", DEPTH, "float32")
    assert tuple(found.shape) == encoded_shape(shape, "one_hot", DEPTH) == wanted
    np.testing.assert_array_equal(np.asarray(found)[..., 1], 1)
    assert np.asarray(found).sum() == ids.size


def test_sizes_may_be_unknown():
    assert encoded_shape((None, None), "int", 6) == (None, None)
    assert encoded_shape((None, None), "one_hot", 6) == (None, None, 6)
    assert encoded_shape((None, 7), "count", None) == (None, None)


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
def test_recorded_as_eagerly(mode):
    function = Function(lambda x: encode(x, mode, DEPTH, "float32"))
    for part in IDS:
        wanted = encode(part, mode, DEPTH, "float32")
        np.testing.assert_array_equal(function(part), wanted)


def test_what_is_refused():
    with pytest.raises(
        ValueError, match="Allowed values are: .'int',.. Received: .*'x'"
    ):
        check_output_mode("Hashing", "x", ("int",))
    with pytest.raises(ValueError, match="may only be true if `output_mode`"):
        check_dense("Hashing", True, "int")
    with pytest.raises(ValueError, match="there are no sparse tensors"):
        check_dense("Hashing", True, "count")
