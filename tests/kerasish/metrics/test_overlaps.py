"""Intersection over union against scikit-learn and stored values of Keras."""

import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from kerasish import metrics
from kerasish.metrics import overlaps as room
from tests.golden.reference import identify
from tests.golden.stored_metrics import agrees, stored

ROWS = [r for r in stored()["metrics"] if r["cls"] in room.__all__]
# What Keras writes, beside `name` and `dtype`.
KEYS = {
    "IoU": {"sparse_y_true", "sparse_y_pred", "target_class_ids"},
    "MeanIoU": {"sparse_y_true", "sparse_y_pred"},
    "OneHotIoU": {"sparse_y_pred", "target_class_ids"},
    "OneHotMeanIoU": {"sparse_y_pred"},
}


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_values_are_those_of_keras(row):
    agrees(getattr(metrics, row["cls"]), row)


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_metric(row):
    metric = getattr(metrics, row["cls"])(**row["kw"])
    config = metric.get_config()
    again = metrics.deserialize(metrics.serialize(metric))
    assert again.get_config() == config
    assert again.direction == "max"
    common = {"name", "dtype"}
    if row["cls"] == "BinaryIoU":
        assert set(config) == common | {"target_class_ids", "threshold"}
    else:
        more = {"num_classes", "ignore_class", "axis"}
        assert set(config) == common | more | KEYS[row["cls"]]


def test_configs_of_keras_count_in_integers_and_give_fractions():
    metric = metrics.MeanIoU(num_classes=2, dtype="int32")
    assert float(metric([0, 1, 1], [0, 0, 1])) == 0.5
    assert metric.result().dtype == "float32"
    half = metrics.MeanIoU(num_classes=2, dtype="float16")
    assert half.result().dtype == "float16"


def test_classes_of_scikit_learn(rng):
    y, p = rng.integers(0, 6, 200), rng.integers(0, 6, 200)
    w = rng.uniform(0.1, 2.0, 200)
    for ids in ([0], [1, 4, 5]):
        each = jaccard_score(y, p, labels=ids, average=None, sample_weight=w)
        metric = metrics.IoU(6, ids)
        metric.update_state(y[:50], p[:50], w[:50])
        metric.update_state(
            y[50:].reshape(3, 50), p[50:].reshape(3, 50), w[50:].reshape(3, 50)
        )
        assert float(metric.result()) == pytest.approx(each.mean())


def test_scores_along_another_axis(rng):
    y, scores = rng.integers(0, 3, (4, 7)), rng.uniform(size=(4, 3, 7))
    found = metrics.MeanIoU(3, sparse_y_pred=False, axis=1)(y, scores)
    called = scores.argmax(1).ravel()
    assert float(found) == pytest.approx(
        jaccard_score(y.ravel(), called, average="macro")
    )


def test_classes_that_are_not_there_do_not_count():
    assert float(metrics.MeanIoU(9)([0, 1], [0, 1])) == 1.0
    assert float(metrics.IoU(9, [5])([0, 1], [0, 1])) == 0.0
    assert float(metrics.MeanIoU(3).result()) == 0.0


def test_weights_with_and_without_a_last_axis():
    y, p = np.array([[0], [1], [1]]), np.array([[0], [0], [1]])
    for weight in (np.array([1.0, 0, 1]), np.array([[1.0], [0], [1]]), [1.0, 0, 1]):
        assert float(metrics.MeanIoU(2)(y, p, weight)) == 1.0
        assert float(metrics.MeanIoU(2)(y[:, 0], p[:, 0], weight)) == 1.0
    assert float(metrics.MeanIoU(2)(y, p, 2.0)) == 0.5


@pytest.mark.parametrize(
    ("y", "p", "match"),
    [
        ([0, 3], [0, 1], "Targets of `io` must be from 0 to 2. Received: 3"),
        ([0, -1], [0, 1], "Targets of `io` must be from 0 to 2. Received: -1"),
        ([0, 1], [0, 7], "Predictions of `io` must be from 0 to 2. Received: 7"),
        ([0.5, 1.0], [0, 1], "Targets of `io` must be integers"),
        ([0, 1], [0.0, np.nan], "Predictions of `io` must be integers"),
        ([0, 1], [0, 1, 2], r"as many targets.*\(2,\).*\(3,\)"),
    ],
)
def test_wrong_classes_are_refused(y, p, match):
    with pytest.raises(ValueError, match=match):
        metrics.MeanIoU(3, name="io").update_state(np.array(y), np.array(p))


def test_ignored_targets_may_be_out_of_range():
    metric = metrics.MeanIoU(3, ignore_class=-1)
    assert float(metric([0, -1, 2], [0, 1, 2])) == 1.0


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: metrics.IoU(3, [3]), r"from 0 to 2. Received: .*=\[3\]"),
        (lambda: metrics.IoU(3, []), "`target_class_ids` of `IoU`"),
        (lambda: metrics.MeanIoU(0), "`num_classes` of `MeanIoU`.*=0"),
        (lambda: metrics.OneHotMeanIoU(2.5), "`num_classes` of `OneHotMeanIoU`"),
        (lambda: metrics.BinaryIoU([2]), "from 0 to 1"),
        (lambda: metrics.BinaryIoU(threshold=2), "`threshold` of `BinaryIoU`"),
    ],
)
def test_arguments_out_of_range(make, match):
    with pytest.raises(ValueError, match=match):
        make()
