"""Sorting: where equal elements and `nan` go, in every float dtype."""

import ml_dtypes
import numpy as np
import pytest

from kerasish.backends import get_backend

X = [3.0, np.nan, 1.0, 2.5, np.inf, 1.0]


@pytest.mark.parametrize("dtype", ["float32", "float16", ml_dtypes.bfloat16])
def test_nan_is_the_largest(dtype):
    x = np.array(X, dtype)
    backend = get_backend("numpy")
    assert backend.argsort(x, 0).tolist() == [2, 5, 3, 0, 4, 1]
    assert backend.top_k(x, 3).tolist() == [1, 4, 0]
