"""Metrics by name, output and shape."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import metrics, ops
from kerasish.models.compiled_metrics import CompiledMetrics


@pytest.mark.parametrize(
    "y, p, kind",
    [
        ((4, 1), (4, 1), metrics.BinaryAccuracy),
        ((4,), (4, 3), metrics.SparseCategoricalAccuracy),
        ((4, 1), (4, 3), metrics.SparseCategoricalAccuracy),
        ((4, 3), (4, 3), metrics.CategoricalAccuracy),
    ],
)
def test_accuracy_depends_on_the_shapes(y, p, kind):
    held = CompiledMetrics(["accuracy", "ce"])
    held.build(ops.zeros(y), ops.zeros(p), None)
    assert type(held.metrics[0]) is kind and held.names == ["accuracy", "ce"]


def test_names_of_several_outputs():
    p = {"a": ops.zeros((2, 1)), "b": ops.zeros((2, 1))}
    held = CompiledMetrics({"a": ["mae"], "b": "mse"})
    held.update_state(p, p)
    assert held.result().keys() == {"a_mae", "b_mse"}
    held.reset_state()
    assert len(held.variables) == 4


def test_only_weighted_metrics_are_weighted():
    p, y = ops.convert_to_tensor([[1.0], [3.0]]), ops.zeros((2, 1))
    held = CompiledMetrics([keras.metrics.MeanAbsoluteError(name="plain")], ["mae"])
    held.update_state(y, p, ops.convert_to_tensor([1.0, 0.0]))
    found = {k: float(v) for k, v in held.result().items()}
    assert found == {"plain": 2.0, "mae": 1.0}


def test_wrong_metrics():
    y = ops.zeros((2, 1))
    with pytest.raises(TypeError, match="list or a dict"):
        CompiledMetrics("mae")
    with pytest.raises(ValueError, match="Unknown metric"):
        CompiledMetrics(["maee"]).build(y, y, None)
    with pytest.raises(ValueError, match="names the outputs"):
        CompiledMetrics({"x": "mae"}).build(y, y, ["out"])
    with pytest.raises(ValueError, match="an entry for each"):
        CompiledMetrics(["mae"]).build([y, y], [y, y], None)
    with pytest.warns(UserWarning, match="called .'mae'."):
        CompiledMetrics(["mae", "mae"]).build(y, y, None)


def test_a_function_is_a_metric():
    def bias(y_true, y_pred):
        return ops.mean(y_pred - y_true, axis=-1)

    held = CompiledMetrics([bias])
    held.update_state(ops.zeros((2, 1)), np.full((2, 1), 2.0))
    assert {k: float(v) for k, v in held.result().items()} == {"bias": 2.0}


@pytest.mark.parametrize(
    "given", [["accuracyy"], [["mae"], ["accuracyy"]], {"a": ["mae", "accuracyy"]}]
)
def test_names_are_looked_up_at_once(given):
    with pytest.raises(
        ValueError, match="Unknown metric: 'accuracyy'. Did you mean 'accuracy'"
    ):
        CompiledMetrics(given)
    with pytest.raises(
        ValueError, match="Unknown metric: 'accuracyy'. Did you mean 'accuracy'"
    ):
        CompiledMetrics(None, given)
