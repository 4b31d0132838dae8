"""The softmax of many classes in half precision, whose sums are kept in float32."""

import ml_dtypes
import numpy as np
import pytest
import scipy.special

from kerasish import ops

# Half a unit in the last place, relative: 2^-11 and 2^-8.
ROUNDING = {"float16": 2.0**-11, "bfloat16": 2.0**-8}
KINDS = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}


@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_thousands_of_classes_cost_one_rounding(name, dtype):
    x = np.random.default_rng(0).uniform(-1, 1, (2, 4000)).astype(KINDS[dtype])
    y = getattr(ops, name)(x)
    assert y.dtype == dtype
    expected = getattr(scipy.special, name)(x.astype("float64"), -1)
    # Probabilities of float16 below 6e-5 have fewer digits.
    least = 2.0**-25 if dtype == "float16" else 0.0
    np.testing.assert_allclose(
        np.asarray(y, "float64"), expected, rtol=1.02 * ROUNDING[dtype], atol=least
    )
