"""Running sums and means."""

import numpy as np
import pytest

from kerasish import losses, metrics, ops
from kerasish.metrics.means import widened


def test_mean_counts_past_the_digits_of_float32():
    metric = metrics.Mean()
    metric.count.assign(2.0**24)
    metric.total.assign(2.0**24)
    for _ in range(4):
        metric.update_state([3.0])
    assert float(metric.count) == 2**24 + 4


def test_mean_of_weights_that_broadcast():
    found = metrics.Mean()(np.array([[1.0, 3.0], [5.0, 7.0]]), sample_weight=[1.0, 0.0])
    assert float(found) == 2.0


def test_mean_of_nothing_is_zero():
    assert float(metrics.Mean().result()) == 0.0


def test_sum_is_weighted():
    assert float(metrics.Sum()([1.0, 3.0], sample_weight=[1.0, 2.0])) == 7.0


def test_wrapper_takes_a_function_and_its_arguments():
    def power(y_true, y_pred, exponent=1):
        return ops.mean((y_true - y_pred) ** exponent, axis=-1)

    metric = metrics.MeanMetricWrapper(power, name="cubed", exponent=3)
    assert float(metric(np.zeros((2, 1)), -np.ones((2, 1)))) == 1.0
    assert metric.name == "cubed"
    assert metric.direction is None


def test_a_loss_is_better_when_lower():
    from kerasish import losses

    assert metrics.MeanMetricWrapper(losses.hinge).direction == "min"
    assert metrics.get("accuracy").direction == "max"


def test_masked_values_do_not_count():
    def masked(y_true, y_pred):
        values = y_pred - y_true
        values._keras_mask = ops.convert_to_tensor([True, False])
        return values

    found = metrics.MeanMetricWrapper(masked)(np.zeros(2), np.array([2.0, 8.0]))
    assert float(found) == pytest.approx(2.0)


def test_a_wrapped_function_is_in_the_config():
    from kerasish import losses

    config = metrics.MeanMetricWrapper(losses.huber, name="h", delta=2.0).get_config()
    assert config["fn"]["config"] == "huber"
    assert (config["name"], config["delta"]) == ("h", 2.0)


def test_integers_and_weights_of_other_ranks():
    assert float(metrics.Mean()(np.array([1, 2]))) == 1.5
    assert float(metrics.Mean()([2.0, 4.0], [[1.0], [3.0]])) == 3.5
    # As a mask over time steps: a sample counts as far as its steps do.
    found = metrics.Mean()([2.0, 4.0], [[1.0, 0.0], [1.0, 1.0]])
    assert float(found) == pytest.approx(5 / 1.5)


@pytest.mark.parametrize("value", [None, "x"])
def test_what_is_no_tensor_is_refused(value):
    with pytest.raises(TypeError, match="The metric 'f' must return a tensor"):
        metrics.MeanMetricWrapper(lambda y, p: value, name="f")([1.0], [1.0])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_widened_before_it_is_squared_or_summed(dtype):
    far = ops.cast(np.full((300, 2), 400.0), dtype)
    metric = metrics.MeanMetricWrapper(losses.mean_squared_error, name="mse")
    metric.update_state(np.zeros((300, 2)), far)
    assert float(metric.result()) == 160000.0
    assert metric.result().dtype == "float32"
    total = metrics.Sum()
    total.update_state(far)
    assert float(total.result()) == 240000.0


def test_a_mask_stays_with_what_is_widened():
    x = ops.cast(np.ones(2), "float16")
    x._keras_mask = ops.convert_to_tensor([True, False])
    assert widened(x)._keras_mask is x._keras_mask
