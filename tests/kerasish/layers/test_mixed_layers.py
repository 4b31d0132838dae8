"""Every layer in mixed precision: dtypes, and values and gradients as in float32."""

import numpy as np
import pytest

from kerasish import layers, ops
from kerasish.autodiff import GradientTape
from kerasish.core import naming, tree
from kerasish.random import set_random_seed
from kerasish.tracing import Function
from tests.kerasish.layers.test_recorded_layers import ROWS, apply, data

POLICIES = {"mixed_float16": 2.0**-10, "mixed_bfloat16": 2.0**-7}
FIXED = [row for row in ROWS if "dtype" not in row[1]]
CALLS = 4
# Numbers that differ by less than a rounding share the gradient of their largest.
TIES = ("GlobalMaxPooling1D", "Maximum", "Minimum")


def make(name, kwargs, x, policy):
    """Returns a layer of a policy that is built, with the same weights each time."""
    naming.reset_uids()
    set_random_seed(3)
    layer = getattr(layers, name)(**kwargs, dtype=policy)
    apply(layer, x)
    return layer


def step_of(layer):
    """Returns a function that gives outputs, and gradients of inputs and weights."""

    def step(*x):
        given = list(x) if len(x) > 1 else x[0]
        watched = [t for t in x if "float" in t.dtype]
        with GradientTape() as tape:
            for t in watched:
                tape.watch(t)
            y = apply(layer, given)
            flat = ops.reshape(ops.cast(y, "float32"), (-1,))
            wave = ops.cos(ops.arange(flat.shape[0], dtype="float32"))
            loss = ops.sum(flat * wave)
        return y, tape.gradient(loss, [*watched, *layer.trainable_variables])

    return step


def tensors(x):
    return [ops.convert_to_tensor(part) for part in (x if isinstance(x, list) else [x])]


def near(a, b, ulps, rounding):
    """Compares to so many roundings of the largest number there is."""
    a, b = np.asarray(a, "float32"), np.asarray(b, "float32")
    largest = np.abs(b).max(initial=1e-6)
    np.testing.assert_allclose(a, b, rtol=0, atol=ulps * rounding * largest)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("name", "kwargs", "key"), [r[:3] for r in FIXED], ids=[r[3] for r in FIXED]
)
def test_a_layer_mixes_precision(name, kwargs, key, policy):
    x = data(key, 0)
    layer, full = make(name, kwargs, x, policy), make(name, kwargs, x, "float32")
    y, gradients = step_of(layer)(*tensors(x))
    wanted, references = step_of(full)(*tensors(x))
    for made, expected in zip(tree.flatten(y), tree.flatten(wanted), strict=True):
        if expected.dtype == "float32":
            assert made.dtype == layer.compute_dtype == policy.removeprefix("mixed_")
        near(made, expected, 16, POLICIES[policy])
    assert {v.dtype for v in layer.trainable_variables} <= {"float32"}
    for made, expected in zip(gradients, references, strict=True):
        assert (made is None) == (expected is None)
        if made is not None:
            assert made.dtype == "float32"
            if name not in TIES:
                near(made, expected, 32, POLICIES[policy])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("name", "kwargs", "key"), [r[:3] for r in FIXED], ids=[r[3] for r in FIXED]
)
def test_recorded_is_eager_in_mixed_precision(name, kwargs, key, policy):
    layer = make(name, kwargs, data(key, 0), policy)
    step = step_of(layer)
    found = Function(step, roots=lambda: [layer])
    for call in range(CALLS):
        given = tensors(data(key, call))
        one, two = tree.flatten(step(*given)), tree.flatten(found(*given))
        for a, b in zip(one, two, strict=True):
            if a is not None:
                assert (a.shape, a.dtype) == (b.shape, b.dtype)
                near(b, a, 8, POLICIES[policy])
