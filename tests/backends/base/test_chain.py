"""Rows may lie apart at equal distances; anything else is no pitch."""

import numpy as np
import pytest

from kerasish.backends.base.chain import pitch_of

X = np.zeros((4, 6, 8), "float32")


@pytest.mark.parametrize(
    ("array", "pitch"),
    [
        (X, 8),
        (X[..., 2:5], 8),
        (X[..., :1], 8),
        (X[0, :, :4], 8),
        (X[:, 0], 48),
        (X[:1, :1, :3], 3),
        (X[0, 0], 8),
        (X[:, :3], None),
        (X[..., ::2], None),
        (X[:, ::-1], None),
        (X.T, None),
        (np.float32(1), 1),
    ],
)
def test_pitch(array, pitch):
    assert pitch_of(np.asarray(array)) == pitch
