"""The CTC loss against a sum over all alignments, and stored values of Keras."""

import itertools

import numpy as np
import pytest

from kerasish import GradientTape, losses, ops
from tests.golden.stored_metrics import stored


def by_enumeration(labels, logits):
    """Sums the probabilities of all paths that collapse to the labels."""
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(p.shape[1]), repeat=len(p)):
        if [k for k, _ in itertools.groupby(path) if k] == list(labels):
            total += np.prod([p[i, k] for i, k in enumerate(path)])
    return -np.log(total)


@pytest.mark.parametrize("labels", [[1], [1, 2], [2, 2], [1, 2, 1], []])
def test_all_alignments(rng, labels):
    logits = rng.normal(size=(5, 3))
    padded = np.array([[*labels, *[0] * (3 - len(labels))]])
    found = losses.ctc(padded, logits[None])
    assert found.item() == pytest.approx(by_enumeration(labels, logits), rel=1e-9)


@pytest.mark.parametrize("row", stored()["ctc"], ids=lambda r: str(len(r["y"])))
def test_values_are_those_of_keras(row):
    x = np.array(row["x"], "float32")
    np.testing.assert_allclose(losses.ctc(row["y"], x), row["each"], rtol=1e-5)
    mean = losses.CTC()(np.array(row["y"]), x)
    assert float(mean) == pytest.approx(row["mean"], rel=1e-5)
    each = losses.CTC(reduction="none")(np.array(row["y"]), x)
    np.testing.assert_allclose(each, row["each"], rtol=1e-5)


def test_it_can_be_minimised():
    x = ops.zeros((1, 6, 4))
    before = losses.ctc([[1, 2, 3]], x).item()
    for _ in range(30):
        with GradientTape() as tape:
            tape.watch(x)
            loss = losses.ctc([[1, 2, 3]], x)
        x = x - 0.5 * tape.gradient(loss, x)
    assert losses.ctc([[1, 2, 3]], x).item() < before / 3


def test_names_and_config():
    loss = losses.get("CTC")
    assert loss.get_config() == {"name": "ctc", "reduction": "sum_over_batch_size"}
    assert losses.get("ctc") is losses.ctc
    again = losses.deserialize(losses.serialize(losses.CTC(name="c", reduction="sum")))
    assert (again.name, again.reduction) == ("c", "sum")


@pytest.mark.parametrize(
    ("y", "x", "match"),
    [
        (np.ones(2, int), np.ones((2, 3, 4)), r"Targets of `ctc`.*\(2,\)"),
        (np.ones((2, 2), int), np.ones((2, 4)), r"Predictions of `ctc`.*\(2, 4\)"),
        (np.ones((3, 2), int), np.ones((2, 5, 4)), r"`ctc_loss`"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(y, x, match):
    with pytest.raises(ValueError, match=match):
        losses.ctc(y, x)
