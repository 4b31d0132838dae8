"""Edges of the cross-entropies: saturated predictions, empty rows, wrong arguments."""

import numpy as np
import pytest

from kerasish import GradientTape, losses, ops


@pytest.mark.parametrize("logit", [-1e30, -1e4, 0.0, 1e4, 1e30])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_binary_crossentropy_of_logits_is_exact(logit, target):
    found = losses.binary_crossentropy([[target]], [[logit]], from_logits=True).item()
    expected = np.logaddexp(0.0, logit) - target * logit
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_row_of_zeros_has_a_finite_loss_and_gradient():
    x = ops.zeros((1, 3))
    with GradientTape() as tape:
        tape.watch(x)
        y = losses.categorical_crossentropy([[0.0, 1.0, 0.0]], x)
    assert np.isfinite(y.numpy()).all()
    assert np.isfinite(tape.gradient(y, x).numpy()).all()


def test_ignored_classes_do_not_count():
    p = np.full((3, 2), 0.5, "float32")
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    assert float(loss([0, -1, -1], p)) == pytest.approx(np.log(2), rel=1e-5)


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: losses.BinaryCrossentropy(label_smoothing=3), "label_smoothing"),
        (lambda: losses.BinaryFocalCrossentropy(gamma=-1.0), "`gamma`"),
        (lambda: losses.CategoricalFocalCrossentropy(gamma=-1.0), "`gamma`"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=0.0), "`q`"),
        (lambda: losses.Huber(delta=-1.0), "`delta`"),
    ],
)
def test_arguments_out_of_range_are_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"\(4,\).*\(3, 2\)"):
        losses.sparse_categorical_crossentropy([0, 1, 0, 1], np.ones((3, 2)))
    with pytest.raises(ValueError, match="same shape"):
        losses.categorical_crossentropy(np.ones((2, 3)), np.ones((2, 4)))
