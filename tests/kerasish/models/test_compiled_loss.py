"""Losses for several outputs."""

import numpy as np
import pytest

from kerasish import losses, ops
from kerasish.core.registry import CustomObjectScope
from kerasish.models.compiled_loss import CompiledLoss, by_output, match_structure

Y = {"a": np.zeros((2, 1), "float32"), "b": np.zeros((2, 1), "float32")}


def pred():
    return {"a": ops.ones((2, 1)), "b": 2.0 * ops.ones((2, 1))}


def test_weights_and_parts():
    loss = CompiledLoss({"a": "mse", "b": "mae"}, {"a": 2.0, "b": 0.5})
    loss.build(pred(), None)
    assert float(loss(Y, pred())) == 2.0 * 1 + 0.5 * 2
    assert [m.name for m in loss.metrics] == ["a_loss", "b_loss"]
    assert [float(m.result()) for m in loss.metrics] == [1.0, 2.0]


@pytest.mark.parametrize(
    "loss, weights, match",
    [
        ({"c": "mse"}, None, r"names the outputs \['c'\]"),
        (["mse"], None, "an entry for each of 2"),
        ({"a": "mse"}, {"c": 1.0}, "`loss_weights` names"),
        ("mse", ["x", "y"], "must be numbers"),
        ([None, None], None, "no loss"),
    ],
)
def test_what_does_not_match(loss, weights, match):
    with pytest.raises(ValueError, match=match):
        CompiledLoss(loss, weights).build(pred(), None)


def test_structures():
    assert by_output("loss", "mse", ["a", "b"]) == ["mse", "mse"]
    assert match_structure("y", None, ["a"], 1) == [None]
    with pytest.raises(ValueError, match="names the outputs"):
        match_structure("y", {"c": 1}, ["a"], 1)
    with pytest.raises(ValueError, match="an entry for each of 2"):
        match_structure("y", [1], ["a", "b"], 2)
    with pytest.raises(ValueError, match="a single array"):
        match_structure("y", 1, ["a", "b"], 2)


def test_a_loss_must_be_a_scalar():
    loss = CompiledLoss(losses.MeanSquaredError(reduction="none"))
    loss.build(pred()["a"], None)
    with pytest.raises(ValueError, match="must be a scalar"):
        loss(Y["a"], pred()["a"])


@pytest.mark.parametrize("given", ["huberr", ["mse", "huberr"], {"a": "huberr"}])
def test_names_are_looked_up_at_once(given):
    with pytest.raises(
        ValueError, match="Unknown loss: 'huberr'. Did you mean 'huber'"
    ):
        CompiledLoss(given)


def test_a_name_in_a_scope_is_found_after_it():
    with CustomObjectScope({"far": lambda y_true, y_pred: ops.sum(y_pred - y_true)}):
        loss = CompiledLoss("far")
    loss.build(pred()["a"], None)
    assert float(loss(Y["a"], pred()["a"])) == 2.0


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
@pytest.mark.parametrize(
    ("target", "output", "expected"),
    [
        ([[1.0], [0.0]], [[0.5], [0.75]], [0.5, 0.25]),
        ([0, 1], [[0.25, 0.75], [0.5, 0.5]], [0.25, 0.5]),
        ([[0], [1]], [[0.25, 0.75], [0.5, 0.5]], [0.25, 0.5]),
        ([[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.5, 0.5]], [0.75, 0.5]),
    ],
)
def test_cross_entropy_depends_on_the_targets(name, target, output, expected):
    target, output = map(ops.convert_to_tensor, (target, output))
    loss = CompiledLoss(name)
    loss.build(output, None, target)
    assert float(loss(target, output)) == pytest.approx(-np.log(expected).mean())
