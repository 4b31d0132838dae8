"""Penalties in closed form."""

import numpy as np
import pytest

from kerasish import ops, regularizers

W = np.array([[1.0, -2.0], [3.0, 0.0]], "float32")


@pytest.mark.parametrize(
    "regularizer, expected",
    [
        (regularizers.L1(0.1), 0.6),
        (regularizers.L2(0.1), 1.4),
        (regularizers.L1L2(0.1, 0.01), 0.74),
        (regularizers.L1L2(), 0.0),
        (regularizers.OrthogonalRegularizer(1.0), 1 / np.sqrt(5)),
        (
            regularizers.OrthogonalRegularizer(1.0, mode="columns"),
            2 / (np.sqrt(10) * 2),
        ),
    ],
)
def test_values(regularizer, expected):
    assert float(regularizer(W)) == pytest.approx(expected, rel=1e-5)
    again = regularizers.deserialize(regularizers.serialize(regularizer))
    assert again.get_config() == regularizer.get_config()


def test_wrong_arguments():
    for make in (regularizers.L1, regularizers.L2, regularizers.L1L2):
        with pytest.raises(ValueError, match="non-negative finite number"):
            make(-1.0)
    with pytest.raises(ValueError, match="`mode`"):
        regularizers.OrthogonalRegularizer(mode="x")
    with pytest.raises(ValueError, match="two axes"):
        regularizers.OrthogonalRegularizer()(np.ones(3))
    with pytest.raises(NotImplementedError, match="does not override"):
        regularizers.Regularizer()(W)


def test_names():
    assert isinstance(regularizers.get("l1_l2"), regularizers.L1L2)
    assert regularizers.get(None) is None
    with pytest.raises(ValueError, match="Unknown regularizer"):
        regularizers.get("l3x")


@pytest.mark.parametrize("name", ["l1", "l2", "l1_l2"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_penalties_of_half_precision_do_not_overflow(name, dtype):
    x = ops.cast(np.full((100, 100), 16.0), dtype)
    penalty = regularizers.get(name)(x)
    sizes = {"l1": 160_000, "l2": 2_560_000}
    config = regularizers.get(name).get_config()
    expected = sum(factor * sizes[key] for key, factor in config.items())
    assert penalty.dtype == "float32"
    np.testing.assert_allclose(float(penalty), expected, rtol=1e-6)
