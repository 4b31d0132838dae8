"""Images as batches with channels last."""

import numpy as np
import pytest

from kerasish.autodiff.casting import as_tensor
from kerasish.ops.image_layout import as_batch, check_choice, check_rank, in_float


def test_a_batch_and_back():
    for shape, form, wide in (
        ((2, 3, 4, 1), "channels_last", (2, 3, 4, 1)),
        ((2, 1, 3, 4), "channels_first", (2, 3, 4, 1)),
        ((3, 4, 1), "channels_last", (1, 3, 4, 1)),
        ((1, 3, 4), "channels_first", (1, 3, 4, 1)),
    ):
        x = np.arange(float(np.prod(shape))).reshape(shape)
        batch, back = as_batch("f", x, form)
        assert batch.shape == wide
        np.testing.assert_array_equal(back(batch), x)


def test_dtypes_come_back():
    wide, back = in_float(as_tensor(np.array([250, 3], "uint8")))
    assert wide.dtype == "float32"
    assert back(wide * 1.1).numpy().tolist() == [255, 3]
    wide, back = in_float(as_tensor(np.ones(1, "float16")))
    assert wide.dtype == "float32" and back(wide).dtype == "float16"
    wide, back = in_float(as_tensor(np.ones(1)))
    assert wide.dtype == "float64" and back(wide) is wide


def test_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="`f` takes one image of 4 axes"):
        check_rank("f", np.ones((1, 1)), rank=4)
    with pytest.raises(ValueError, match="`a` of `f` must be one of"):
        check_choice("f", "a", 3, [1, 2])
