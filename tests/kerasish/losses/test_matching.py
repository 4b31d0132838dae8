"""Targets and predictions are brought to one dtype and shape."""

import numpy as np
import pytest

from kerasish.losses.matching import matched, signs


def test_integers_become_floats():
    y_true, y_pred = matched(np.array([1, 2]), np.array([1, 2]), "loss")
    assert y_true.dtype == y_pred.dtype == "float32"


def test_a_last_axis_of_one_is_added():
    y_true, y_pred = matched(np.ones((3, 1)), np.ones(3), "loss")
    assert y_true.shape == y_pred.shape == (3, 1)


def test_other_shapes_are_refused_by_name():
    with pytest.raises(ValueError, match=r"In `mse`.*\(3, 2\).*\(3, 4\)"):
        matched(np.ones((3, 2)), np.ones((3, 4)), "mse")


def test_signs():
    assert signs(matched([0.0, 1.0], [0.0, 0.0], "hinge")[0]).tolist() == [-1.0, 1.0]
    assert signs(matched([-1.0, 1.0], [0.0, 0.0], "hinge")[0]).tolist() == [-1.0, 1.0]
