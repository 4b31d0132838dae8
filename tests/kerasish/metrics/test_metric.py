"""The base class of metrics: variables, resets, pure functions of the state."""

import numpy as np
import pytest

import kerasish
from kerasish import config, metrics, ops


class Count(metrics.Metric):
    def __init__(self, name="count", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.n = self.add_weight(name="n")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.n.assign_add(len(y_true))

    def result(self):
        return self.n.value


def test_call_updates_and_reads():
    metric = Count()
    assert float(metric([1, 2], [1, 2])) == 2.0
    assert float(metric([1], [1])) == 3.0
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_stateless_functions_change_nothing():
    metric = Count()
    start = metric.stateless_reset_state()
    after = metric.stateless_update_state(start, [1, 2], [1, 2])
    assert float(metric.stateless_result(after)) == 2.0
    assert float(metric.result()) == 0.0
    with pytest.raises(ValueError, match="must hold 1 values"):
        metric.stateless_result([])


def test_variables_of_inner_metrics_are_found():
    class Pair(Count):
        def __init__(self):
            super().__init__()
            self.parts = [metrics.Mean(), metrics.Sum()]

    assert len(Pair().variables) == 1 + 2 + 1


def test_config():
    assert Count.from_config(Count().get_config()).name == "count"
    assert np.float32(Count(dtype="float64").result()) == 0


def test_a_metric_without_methods():
    with pytest.raises(NotImplementedError, match="no `update_state`"):
        metrics.Metric(name="x").update_state([], [])
    with pytest.raises(NotImplementedError, match="no `result`"):
        metrics.Metric(name="x").result()


MAKERS = {
    "IoU": lambda cls: cls(2, [0]),
    "OneHotIoU": lambda cls: cls(2, [0]),
    "MeanIoU": lambda cls: cls(2, sparse_y_pred=False, sparse_y_true=False),
    "OneHotMeanIoU": lambda cls: cls(2),
    "SparseTopKCategoricalAccuracy": lambda cls: cls(k=1),
    "TopKCategoricalAccuracy": lambda cls: cls(k=1),
    "MeanMetricWrapper": lambda cls: cls(kerasish.losses.mean_squared_error),
    **{
        name: lambda cls: cls(0.5)
        for name in (
            "PrecisionAtRecall",
            "RecallAtPrecision",
            "SensitivityAtSpecificity",
            "SpecificityAtSensitivity",
        )
    },
}
OF_BATCHES = [
    name
    for name in metrics.__all__
    if name[0].isupper() and name not in ("Metric", "Mean", "Sum")
]


@pytest.mark.parametrize("name", OF_BATCHES)
def test_recorded_steps_give_what_eager_ones_give(rng, name):
    hot = np.eye(2, dtype="float32")[rng.integers(0, 2, 24)]
    score = np.round(rng.uniform(0.05, 0.95, (24, 2)), 2).astype("float32")
    if name.startswith("Sparse"):
        hot = hot.argmax(1)
    if name == "IoU":
        score = score.argmax(1).astype("int32")
        hot = hot.argmax(1)
    found = []
    for recorded in (False, True):
        metric = MAKERS.get(name, lambda cls: cls())(getattr(metrics, name))

        def step(y, p, metric=metric):
            metric.update_state(y, p)
            return metric.result()

        run = kerasish.function(step) if recorded else step
        for i in range(0, 24, 3):
            value = run(hot[i : i + 3], score[i : i + 3])
        found.append(np.asarray(value))
        assert np.isfinite(found[-1]).all()
    np.testing.assert_allclose(*found, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("policy", ["mixed_float16", "float16"])
def test_a_policy_of_layers_leaves_metrics_in_full_precision(policy):
    config.set_dtype_policy(policy)
    mean = metrics.Mean()
    assert mean.dtype == "float32"
    mean.update_state(np.full(4, 65504.0, "float16"))  # the largest number there is
    assert float(mean.result()) == 65504.0
    assert mean.get_config() == {"name": "mean", "dtype": "float32"}
    assert metrics.Mean(dtype=policy).get_config()["dtype"] == "float16"
    config.set_floatx("float64")
    assert metrics.Mean().dtype == "float64"


NEEDED = {
    "MeanIoU": {"num_classes": 3},
    "IoU": {"num_classes": 3, "target_class_ids": [0]},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
    "OneHotMeanIoU": {"num_classes": 3},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
}
ALL = sorted(
    name
    for name, found in vars(metrics).items()
    if isinstance(found, type)
    and issubclass(found, metrics.Metric)
    and name not in ("Metric", "Mean", "MeanMetricWrapper", "Sum")
)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ALL)
def test_half_predictions_count_as_the_same_numbers_in_float32(name, dtype):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 400)
    y = np.eye(3)[p.argmax(-1)]
    y = y.argmax(-1) if name.startswith("Sparse") else y
    if name == "MeanIoU" or name == "IoU":
        y, p = y.argmax(-1), np.round(p[:, 0])
    half = ops.cast(p, dtype)
    found = []
    for given in (half, ops.cast(half, "float32")):
        metric = getattr(metrics, name)(**NEEDED.get(name, {}))
        metric.update_state(y, given)
        found.append(np.asarray(metric.result()))
    assert found[0].dtype == np.float32
    np.testing.assert_allclose(*found, rtol=1e-6)
