"""Operations in half precision err by roundings, however many numbers they add up."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.core import config
from kerasish.tracing import Function

ROUNDING = {"float16": 2.0**-11, "bfloat16": 2.0**-8}  # half a unit, relative
LIMIT = 3.0  # roundings of the largest number there is


def numbers(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


IMAGES, LONG, WIDE = numbers(8, 16, 16, 8), numbers(2000, 2), numbers(8, 1000)
SAME = np.zeros(2000, "int32")
CASES = {
    "matmul": (ops.matmul, [numbers(512, 64), numbers(64, 32)]),
    "einsum": (
        lambda a, b: ops.einsum("abc,cd->abd", a, b),
        [numbers(16, 32, 8), numbers(8, 5)],
    ),
    "bias": (ops.add, [IMAGES, numbers(8)]),
    "conv": (lambda x, k: ops.conv(x, k, 1, "same"), [IMAGES, numbers(3, 3, 8, 8)]),
    "groups": (lambda x, k: ops.conv(x, k, 2, "valid"), [IMAGES, numbers(3, 3, 2, 8)]),
    "conv_transpose": (
        lambda x, k: ops.conv_transpose(x, k, 2, "same"),
        [IMAGES, numbers(3, 3, 4, 8)],
    ),
    "depthwise_conv": (
        lambda x, k: ops.depthwise_conv(x, k, 1, "same"),
        [IMAGES, numbers(3, 3, 8, 1)],
    ),
    "average_pool": (lambda x: ops.average_pool(x, 3, 2, "same"), [IMAGES]),
    "max_pool": (lambda x: ops.max_pool(x, 2), [IMAGES]),
    "mean": (lambda x: ops.mean(x, axis=(1, 2)), [IMAGES]),
    "var": (lambda x: ops.var(x, axis=(0, 1, 2)), [IMAGES]),
    "cumsum": (lambda x: ops.cumsum(x, axis=0), [LONG]),
    "take": (lambda x: ops.take(x, SAME, axis=0), [numbers(4, 3)]),
    "segment_sum": (lambda x: ops.segment_sum(x, SAME, 2), [LONG]),
    "softmax": (ops.softmax, [WIDE]),
    "log_softmax": (ops.log_softmax, [WIDE]),
    "logsumexp": (lambda x: ops.logsumexp(x, axis=-1), [WIDE]),
    "norm": (lambda x: ops.norm(x, axis=-1), [WIDE]),
    "layer_normalization": (ops.layer_normalization, [WIDE, numbers(1000)]),
}


def step_of(function, weights):
    """Returns what computes the outputs of a function and all its gradients."""

    def step(*x):
        x = [ops.convert_to_tensor(part) for part in x]
        with GradientTape() as tape:
            for part in x:
                tape.watch(part)
            y = function(*x)
            flat = ops.reshape(y, (-1,))
            loss = ops.sum(ops.multiply(flat, ops.cast(weights, flat.dtype)))
        return [y, *tape.gradient(loss, x)]

    return step


@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("name", CASES)
def test_sums_are_kept_in_float32(name, dtype):
    function, arguments = CASES[name]
    half = [ops.cast(x, dtype) for x in arguments]
    weights = ops.cast(numbers(function(*half).size, seed=1), dtype)
    step = step_of(function, weights)
    recorded = Function(step)
    for _ in range(3):
        later = recorded(*half)
    config.set_floatx("float64")
    exact = step_of(function, np.asarray(weights, "float64"))(
        *(np.asarray(x, "float64") for x in half)
    )
    for found in (step(*half), later):
        for y, expected in zip(found, exact, strict=True):
            assert y.dtype == dtype and expected.dtype == "float64"
            largest = np.abs(expected.numpy()).max()
            np.testing.assert_allclose(
                np.asarray(y, "float64"),
                expected.numpy(),
                rtol=0,
                atol=LIMIT * ROUNDING[dtype] * largest,
            )
