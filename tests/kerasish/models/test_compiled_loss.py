"""Losses for several outputs."""

import numpy as np
import pytest

from kerasish.models.compiled_loss import CompiledLoss, by_output, match_structure

Y = {"a": np.zeros((2, 1), "float32"), "b": np.zeros((2, 1), "float32")}


def pred():
    from kerasish import ops

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
    from kerasish import losses

    loss = CompiledLoss(losses.MeanSquaredError(reduction="none"))
    loss.build(pred()["a"], None)
    with pytest.raises(ValueError, match="must be a scalar"):
        loss(Y["a"], pred()["a"])
