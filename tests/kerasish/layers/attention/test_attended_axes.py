"""Inputs of any axes in the form that attention takes."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.attention.attended_axes import AttendedAxes

X = np.arange(2 * 3 * 4 * 5 * 6.0).reshape(2, 3, 4, 5, 6)  # of heads 5, size 6
CASES = [(None, (0,), (1, 2)), ((1,), (0, 2), (1,)), ((2,), (0, 1), (2,))]


@pytest.mark.parametrize(("axes", "free", "attended"), [*CASES, ((2, 1), (0,), (2, 1))])
def test_folding_is_undone(axes, free, attended):
    places = AttendedAxes(axes, 4)
    assert (places.free, places.axes, places.plain) == (free, attended, False)
    folded = places.fold(ops.convert_to_tensor(X))
    expected = X.transpose(*free, *attended, 3, 4)
    lead = int(np.prod(expected.shape[: len(free)]))
    np.testing.assert_array_equal(folded, expected.reshape(lead, -1, 5, 6))
    np.testing.assert_array_equal(places.unfold(folded, (2, 3, 4, 9)), X)
    mask = places.fold_mask(X[..., 0, 0] % 7 > 2, "mask", (2, 3, 4, 9))
    np.testing.assert_array_equal(mask, np.asarray(folded)[..., 0, 0] % 7 > 2)


def test_three_axes_stay():
    places = AttendedAxes(None, 3)
    assert places.plain and places.axes == (1,)
    assert places.fold(X) is X and places.unfold(X, (2, 3, 4)) is X


MASKS = [
    ((1,), (3, 6), (1, 1, 3, 6)),
    ((1,), (2, 3, 6), (8, 1, 3, 6)),
    ((1,), (2, 4, 3, 6), (8, 1, 3, 6)),
    ((1,), (1, 4, 5, 3, 6), (8, 5, 3, 6)),
    ((1, 2), (2, 3, 4, 6, 7), (2, 1, 12, 42)),
    ((1, 2), (2, 5, 3, 4, 1, 7), (2, 5, 12, 42)),
]


@pytest.mark.parametrize(("axes", "shape", "folded"), MASKS)
def test_masks_of_pairs_are_folded(axes, shape, folded):
    places = AttendedAxes(axes, 4)
    sources = (2, 6, 4, 9) if axes == (1,) else (2, 6, 7, 9)
    mask = np.random.default_rng(0).integers(0, 2, shape).astype(bool)
    found = np.asarray(places.fold_attention_mask(mask, (2, 3, 4, 9), sources))
    lead = (2, 4) if axes == (1,) else (2,)
    count = 2 * len(axes)
    full = mask.reshape(
        *mask.shape[: len(shape) - count],
        *(1,) * (len(lead) + 1 + count - len(shape)),
        *shape[len(shape) - count :],
    )
    heads = full.shape[len(lead)]
    wide = (3, 6) if axes == (1,) else (3, 4, 6, 7)
    full = np.broadcast_to(full, (*lead, heads, *wide))
    expected = full.reshape(-1, heads, *folded[2:])
    np.testing.assert_array_equal(found, np.broadcast_to(expected, found.shape))
    assert found.shape[1:] == folded[1:]


@pytest.mark.parametrize("shape", [(3, 6), (2, 3, 6), (2, 1, 3, 6), (1, 5, 3, 6)])
def test_masks_of_three_axes_get_one_of_heads(shape):
    found = AttendedAxes(None, 3).fold_attention_mask(
        np.ones(shape), (2, 3, 9), (2, 6, 9)
    )
    assert found.shape == ((2, 1, 3, 6) if len(shape) == 3 else shape)
    assert found.dtype == "bool"


@pytest.mark.parametrize("shape", [(6,), (2, 6, 3), (3, 3, 6), (1, 1, 1, 3, 6)])
def test_masks_that_do_not_fit_are_told(shape):
    with pytest.raises(ShapeError, match=r"must broadcast to \(2, 3, 6\)"):
        AttendedAxes(None, 3).fold_attention_mask(np.ones(shape), (2, 3, 9), (2, 6, 9))


def test_shapes_of_scores():
    shapes = (2, 3, 4, 9), (2, 6, 4, 9)
    assert AttendedAxes((1,), 4).scores_shape(*shapes, 5) == (2, 4, 5, 3, 6)
    assert AttendedAxes(None, 4).scores_shape(*shapes, 5) == (2, 5, 3, 4, 6, 4)


def test_wrong_axes_are_told():
    with pytest.raises(ShapeError, match="at least 3 axes"):
        AttendedAxes(None, 2)
    with pytest.raises(ArgumentError, match="from 1 to 2.*attention_axes=\\(0,\\)"):
        AttendedAxes((0,), 4)
    with pytest.raises(ShapeError, match=r"`mask` must have the shape \(2, 3\)"):
        AttendedAxes(None, 3).fold_mask(np.ones((2, 4)), "mask", (2, 3, 9))
