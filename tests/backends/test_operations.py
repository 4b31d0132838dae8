"""The sample calls of all operations on a namespace that has only the standard."""

import numpy as np
import pytest

from kerasish.autodiff import Tensor
from kerasish.backends import backend_scope
from kerasish.core import tree
from tests.backends.strict import StrictBackend
from tests.kerasish.ops.test_properties import SAMPLES, leaves_of, wide

# The library under the standard's names is NumPy, which warns of what it should not.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning"),
]
STRICT = StrictBackend()
DTYPES = ("float64", "int32", "bool", "uint8")
ROWS = [row for row in SAMPLES if row.reference is not None]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_operation_needs_only_the_standard(row):
    for dtype in [d for d in row.dtypes if d in DTYPES][:2] or ["float32"]:
        hosts = row.draw(dtype)
        args, kwargs = row.fill(hosts)
        eager = leaves_of(row.operation(*args, **kwargs))
        with backend_scope(STRICT):
            args, kwargs = row.fill([Tensor(STRICT.from_numpy(h)) for h in hosts])
            found = leaves_of(row.operation(*args, **kwargs))
            values = [np.asarray(y) for y in tree.flatten(found)]
        for y, e in zip(values, eager, strict=True):
            # NumPy's own kernels may add up in another order.
            near = 1e-5 if dtype == "float32" else 1e-9
            np.testing.assert_allclose(wide(y), wide(np.asarray(e)), near, near)
