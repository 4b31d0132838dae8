"""Windows follow the default float."""

import numpy as np

from kerasish import ops
from kerasish.core import config


def test_the_default_float():
    config.set_floatx("float64")
    made = ops.kaiser(6, 3.0)
    assert made.dtype == "float64"
    np.testing.assert_allclose(made, np.kaiser(6, 3.0), rtol=1e-12)
    assert ops.hanning(4).dtype == "float64"


def test_sizes_as_tensors():
    assert ops.bartlett(ops.convert_to_tensor(3)).tolist() == [0, 1, 0]
