"""What a backend computes, compared with NumPy: operations, layers, optimizers.

The same checks run on a GPU (`tests/gpu`) and on a stand-in for CuPy.
"""

import numpy as np

import kerasish as keras
from kerasish import backends
from kerasish.autodiff import Tensor
from kerasish.core import tree
from kerasish.tracing import Function
from tests.kerasish.layers import test_recorded_layers as recorded
from tests.kerasish.ops.sampling import BFLOAT16
from tests.kerasish.ops.test_properties import SAMPLES, leaves_of, wide
from tests.kerasish.optimizers import test_recording as updates

__all__ = [
    "LAYERS",
    "OPERATIONS",
    "OPTIMIZERS",
    "check_layer",
    "check_operation",
    "check_optimizer",
]

OPERATIONS = [row for row in SAMPLES if row.reference is not None]
LAYERS = recorded.ROWS
OPTIMIZERS = [(*row, f"{row[0]}-{i}") for i, row in enumerate(updates.CLASSES)]
TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "int32": 0.0}
HALF = 1e-2
CALLS = 8  # eager, recorded, replayed, captured, launched


def check_operation(backend, row):
    """Compares an operation in two dtypes of its row, and in bfloat16."""
    dtypes = [row.dtypes[0], row.dtypes[-1]]
    if "float16" in row.dtypes:
        dtypes.append(BFLOAT16)
    for dtype in dict.fromkeys(dtypes):
        hosts = row.draw(dtype)
        found = []
        for each in ("numpy", backend):
            backends.set_backend(each)
            given = [Tensor(backends.current().from_numpy(h)) for h in hosts]
            args, kwargs = row.fill(given)
            made = tree.flatten(leaves_of(row.operation(*args, **kwargs)))
            found.append([np.asarray(y) for y in made])
        for expected, y in zip(*found, strict=True):
            assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
            near = TOLERANCE.get(dtype, HALF)
            if y.dtype.kind == "f":  # of integers, too, by another library
                near = max(near, TOLERANCE.get(y.dtype.name, HALF))
            near *= row.loose
            np.testing.assert_allclose(wide(y), wide(expected), near, near)


def check_layer(backend, name, kwargs, key, training):
    """Compares outputs, gradients and state of a layer, recorded and eager."""
    first = recorded.data(key, 0)
    backends.set_backend("numpy")
    eager = recorded.make(name, kwargs, first)
    expected = recorded.step_of(eager, training)
    backends.set_backend(backend)
    layer = recorded.make(name, kwargs, first)
    found = Function(recorded.step_of(layer, training), roots=lambda: [layer])
    for call in range(CALLS):
        x = recorded.data(key, call)
        x = x if isinstance(x, list) else [x]
        backends.set_backend("numpy")
        one = tree.flatten(expected(*(keras.ops.convert_to_tensor(a) for a in x)))
        one = [None if t is None else t.numpy() for t in one]
        state = [v.numpy() for v in eager.variables]
        backends.set_backend(backend)
        two = tree.flatten(found(*x))
        for a, b in zip(one, two, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                # Gradients at float32 weights of a layer in half precision, too.
                half = "float16" in b.dtype + layer.compute_dtype
                _near(b.numpy(), a, HALF if half else 5e-4)
        for v, value in zip(layer.variables, state, strict=True):
            _near(v.numpy(), value, 1e-3)


def check_optimizer(backend, name, options):
    """Compares weights and slots after some steps of `fit`."""
    found = []
    for each in ("numpy", backend):
        backends.set_backend(each)
        model = updates.trained(
            lambda: getattr(keras.optimizers, name)(**{**updates.BASE, **options}),
            eagerly=False,
        )
        variables = [*model.weights, *model.optimizer.variables]
        found.append([v.numpy() for v in variables])
    for a, b in zip(*found, strict=True):
        _near(b, a, 1e-4)


def _near(found, expected, tolerance):
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    found, expected = (np.asarray(x, "float64") for x in (found, expected))
    np.testing.assert_allclose(found, expected, tolerance, tolerance)
