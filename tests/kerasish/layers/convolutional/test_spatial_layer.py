"""Numbers and words of layers over spatial axes."""

import numpy as np
import pytest

from kerasish.layers.convolutional.spatial_layer import (
    SpatialLayer,
    one_of,
    positions,
    sizes,
)


class Halves(SpatialLayer):
    """Halves every axis."""

    @property
    def _window(self):
        return (2,) * self.rank

    def _size(self, n, i):
        return n // 2


def test_sizes():
    assert sizes("X", "n", 3, 2) == (3, 3)
    assert sizes("X", "n", [1, np.int64(2)], 2) == (1, 2)
    assert sizes("X", "n", 0, 1, least=0) == (0,)
    for value in (0, True, 1.5, "3", None, (1,), (1, 2, 3), (1, -2)):
        with pytest.raises(
            ValueError, match="`n` of `X` must be a positive integer or"
        ):
            sizes("X", "n", value, 2)
    with pytest.raises(ValueError, match="a non-negative integer. Received: n=-1"):
        sizes("X", "n", -1, 1, least=0)


def test_words():
    assert one_of("X", "padding", "Same", ("same", "valid")) == "same"
    with pytest.raises(ValueError, match="`padding` of `X` must be one of .*=3"):
        one_of("X", "padding", 3, ("same", "valid"))


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_positions_are_the_starts_that_fit(padding, stride):
    for n in range(1, 9):
        for window, dilation in ((1, 1), (2, 1), (3, 2)):
            last = n - (window - 1) * dilation if padding == "valid" else n
            expected = len(range(0, last, stride))
            found = positions(n, window, stride, dilation, padding)
            assert max(found, 0) == expected


def test_shapes_in_both_formats():
    assert Halves(2).compute_output_shape((3, 5, None, 7)) == (3, 2, None, 7)
    first = Halves(2, "channels_first")
    assert first.compute_output_shape((None, 7, 5, 4)) == (None, 7, 2, 2)
    with pytest.raises(ValueError, match=r"the window \(2, 2\) does not fit into inp"):
        first.compute_output_shape((None, 7, 5, 1))
    with pytest.raises(ValueError, match="`data_format` of `Halves`"):
        Halves(1, "channels")


def test_what_a_subclass_must_say():
    class Nothing(SpatialLayer):
        pass

    match = "`Nothing` must define `_size` or `compute_output_shape`"
    with pytest.raises(NotImplementedError, match=match):
        Nothing(1).compute_output_shape((1, 2, 3))
