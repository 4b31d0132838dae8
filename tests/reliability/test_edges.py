"""Values at the edges: what is finite in mathematics is finite here, NaN stays NaN."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, losses, ops

HUGE = [1e30, -1e30]
# A function, a point, and the value and gradient there, where mathematics or Keras'
# convention gives one; None where only finiteness is asked for.
POINTS = {
    "std_of_a_constant": (ops.std, [2.0, 2, 2], 0, [0, 0, 0]),
    "norm_at_zero": (ops.norm, [0.0, 0], 0, [0, 0]),
    "normalize_at_zero": (lambda x: ops.sum(ops.normalize(x)), [[0.0, 0]], 0, None),
    "cosine_of_zero": (
        lambda x: losses.CosineSimilarity()([[1.0, 2]], x),
        [[0.0, 0]],
        0,
        None,
    ),
    "cosine_with_zero": (
        lambda x: losses.CosineSimilarity()([[0.0, 0]], x),
        [[1.0, 0]],
        0,
        [0, 0],
    ),
    "categorical_row_of_zeros": (
        lambda x: losses.CategoricalCrossentropy()([[0.0, 1]], x),
        [[0.0, 0]],
        -np.log(1e-7),
        None,
    ),
    "categorical_row_without_sum": (
        lambda x: losses.CategoricalCrossentropy()([[0.0, 1]], x),
        [[1.0, -1]],
        None,
        None,
    ),
    "categorical_focal_row_of_zeros": (
        lambda x: losses.CategoricalFocalCrossentropy()([[0.0, 1]], x),
        [[0.0, 0]],
        None,
        None,
    ),
    "binary_focal_far_right": (
        lambda x: losses.BinaryFocalCrossentropy(from_logits=True)([[1.0]], x),
        [[1e30]],
        0,
        [0],
    ),
    "binary_focal_far_wrong": (
        lambda x: losses.BinaryFocalCrossentropy(from_logits=True)([[0.0]], x),
        [[1e30]],
        None,
        None,
    ),
    "binary_far": (
        lambda x: losses.BinaryCrossentropy(from_logits=True)([[0.0, 1.0]], x),
        [HUGE],
        1e30,
        [0.5, -0.5],
    ),
    "categorical_far": (
        lambda x: losses.CategoricalCrossentropy(from_logits=True)([[0.0, 1.0]], x),
        [HUGE],
        2e30,
        [1, -1],
    ),
    "sparse_far": (
        lambda x: losses.SparseCategoricalCrossentropy(from_logits=True)([0], x),
        [HUGE],
        0,
        [0, 0],
    ),
    "poisson_of_negative": (
        lambda x: losses.Poisson()([[1.0]], x),
        [[-1.0]],
        None,
        None,
    ),
    "divergence_at_zero": (
        lambda x: losses.KLDivergence()([[0.0, 1]], x),
        [[0.0, 0]],
        -np.log(1e-7),
        None,
    ),
    "log_cosh_far": (lambda x: losses.LogCosh()([[0.0]], x), [[1e30]], 1e30, [1]),
    "huber_far": (lambda x: losses.Huber()([[0.0]], x), [[1e30]], 1e30, [1]),
    "dice_of_nothing": (lambda x: losses.Dice()([[0.0, 0]], x), [[0.0, 0]], 0, None),
    "circle_without_others": (
        lambda x: losses.Circle()([0, 0], x),
        [[1.0, 0], [1.0, 0]],
        0,
        [0, 0, 0, 0],
    ),
    "logsumexp_of_nothing": (ops.logsumexp, [-np.inf, -np.inf], -np.inf, [0, 0]),
    "softmax_masked_out": (
        lambda x: ops.sum(layers.Softmax()(x, mask=np.zeros((1, 2), "bool"))),
        [[1.0, 2]],
        0,  # as in Keras
        [0, 0],
    ),
    "layer_of_a_constant": (
        lambda x: ops.sum(layers.LayerNormalization()(x)),
        [[3.0, 3, 3]],
        0,
        [0, 0, 0],
    ),
    "batch_of_a_constant": (
        lambda x: ops.sum(layers.BatchNormalization()(x, training=True)),
        [[3.0], [3]],
        0,
        [0, 0],
    ),
    **{
        f"{name}_far": (
            lambda x, name=name: ops.sum(getattr(ops, name)(x)),
            HUGE,
            value,
            gradient,
        )
        for name, value, gradient in [
            ("softplus", 1e30, [1, 0]),
            ("gelu", 1e30, [1, 0]),
            ("silu", 1e30, [1, 0]),
            ("elu", 1e30, [1, 0]),
            ("mish", 1e30, [1, 0]),
            ("log_sigmoid", -1e30, [0, 1]),
            ("sigmoid", 1, [0, 0]),
            ("tanh", 0, [0, 0]),
            ("log_softmax", -2e30, [-1, 1]),
        ]
    },
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", POINTS)
def test_edges_are_finite(name, dtype):
    function, point, value, gradient = POINTS[name]
    keras.config.set_floatx(dtype)
    x = ops.convert_to_tensor(point, dtype)
    with keras.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    g = np.ravel(tape.gradient(y, x))
    assert np.isfinite(g).all()
    if value is None:
        assert np.isfinite(float(y))
    else:
        assert float(y) == pytest.approx(value, rel=1e-6, abs=1e-6)
    if gradient is not None:
        np.testing.assert_allclose(g, gradient, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "name",
    "MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError LogCosh Huber "
    "MeanSquaredLogarithmicError Poisson KLDivergence Hinge SquaredHinge Dice Tversky "
    "CategoricalHinge CosineSimilarity BinaryCrossentropy CategoricalCrossentropy "
    "BinaryFocalCrossentropy CategoricalFocalCrossentropy".split(),
)
def test_nan_stays_nan(name):
    loss = getattr(losses, name)()
    prediction = np.array([[0.2, np.nan, 0.3], [0.5, 0.2, 0.3]], "float32")
    target = np.eye(3, dtype="float32")[[1, 0]]
    assert np.isnan(float(loss(target, prediction)))


def test_counts_are_exact_beyond_the_digits_of_single_precision():
    mean = keras.metrics.Mean()
    mean.update_state(np.ones(3, "float32"))
    mean.count.assign(2.0**24)
    mean.total.assign(2.0**24)
    for _ in range(3):
        mean.update_state(1.0)
    assert float(mean.count.numpy()) == 2**24 + 3


@pytest.mark.parametrize("batch", [0, 1])
def test_batches_of_no_and_of_one_sample(batch):
    rows = np.ones((batch, 6, 6, 2), "float32")
    for layer, shape in [
        (layers.Dense(3), (6, 6, 3)),
        (layers.Conv2D(4, 3), (4, 4, 4)),
        (layers.Conv2D(4, 1, strides=5, padding="same"), (2, 2, 4)),
        (layers.MaxPooling2D(2), (3, 3, 2)),
        (layers.AveragePooling2D(4, padding="same"), (2, 2, 2)),
        (layers.GlobalAveragePooling2D(), (2,)),
        (layers.LayerNormalization(), (6, 6, 2)),
        (layers.Flatten(), (72,)),
        (layers.Reshape((-1, 4)), (18, 4)),
    ]:
        assert layer(rows).shape == (batch, *shape)
    with keras.GradientTape() as tape:
        x = ops.convert_to_tensor(rows)
        tape.watch(x)
        y = ops.sum(layers.Conv2D(2, 3)(x))
    assert tape.gradient(y, x).shape == rows.shape
