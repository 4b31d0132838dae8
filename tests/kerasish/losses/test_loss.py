"""The base class of losses: reductions, masks, weights."""

import numpy as np
import pytest

from kerasish import config, losses, ops


class Absolute(losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.absolute(y_true - y_pred), axis=-1)


Y, P = np.zeros((3, 2)), np.array([[1.0, 1.0], [2.0, 2.0], [6.0, 6.0]])


@pytest.mark.parametrize(
    "reduction, expected",
    [
        ("sum_over_batch_size", 3.0),
        ("mean", 3.0),
        ("sum", 9.0),
        ("mean_with_sample_weight", 3.0),
    ],
)
def test_reductions(reduction, expected):
    assert float(Absolute(reduction=reduction)(Y, P)) == expected


def test_no_reduction_keeps_the_samples():
    for reduction in ("none", None):
        assert Absolute(reduction=reduction)(Y, P).tolist() == [1.0, 2.0, 6.0]


def test_mean_with_sample_weight_divides_by_the_weights():
    loss = Absolute(reduction="mean_with_sample_weight")
    assert float(loss(Y, P, sample_weight=[1.0, 1.0, 0.0])) == 1.5
    assert float(loss(Y, P, sample_weight=[0.0, 0.0, 0.0])) == 0.0


def test_masked_samples_do_not_count():
    p = ops.convert_to_tensor(P)
    p._keras_mask = ops.convert_to_tensor([True, True, False])
    assert float(Absolute()(Y, p)) == 1.5


def test_a_wrong_reduction_is_refused():
    with pytest.raises(ValueError, match="`reduction` of a loss must be one of"):
        Absolute(reduction="avg")


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="`sample_weight` must have the shape"):
        Absolute()(Y, P, sample_weight=np.ones((3, 2)))


def test_y_of_one_axis_fits_y_of_two():
    found = losses.MeanSquaredError()(np.zeros(4), np.ones((4, 1)))
    assert float(found) == 1.0


def test_lists_of_numbers_are_arrays():
    assert float(losses.MeanSquaredError()([[0.0, 0.0]], [[1.0, 3.0]])) == 5.0


def test_a_subclass_without_call():
    with pytest.raises(NotImplementedError, match="does not override `call`"):
        losses.Loss()([1.0], [1.0])


def test_a_last_axis_of_one_is_taken_from_either_side():
    loss = losses.MeanSquaredError(reduction="none")
    wide, flat = np.ones((2, 3, 1)), np.zeros((2, 3))
    assert loss(wide, flat).tolist() == loss(flat, wide).tolist() == [1.0, 1.0]


def test_configs_of_objects_and_of_wrapped_functions():
    loss = Absolute(name="mine", reduction="sum")
    assert loss.get_config() == {"name": "mine", "reduction": "sum"}
    assert repr(loss) == "<Absolute name=mine>"
    wrapped = losses.LossFunctionWrapper(losses.huber, delta=2.0)
    again = losses.LossFunctionWrapper.from_config(
        wrapped.get_config() | {"fn": losses.huber}
    )
    assert float(again([[0.0]], [[4.0]])) == float(wrapped([[0.0]], [[4.0]])) == 6.0


def test_a_structure_is_handed_to_the_function():
    class Both(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(y_pred["a"] - y_true["a"] + y_pred["b"], axis=-1)

    y = {"a": np.ones((2, 1)), "b": np.ones((2, 1), "float64")}
    assert float(Both()(y, y)) == 1.0


def test_one_weight_a_sample_for_several_values():
    loss = losses.MeanSquaredError()
    found = loss(np.zeros((2, 3, 1)), np.ones((2, 3, 1)), sample_weight=[0.0, 1.0])
    assert float(found) == 0.5


@pytest.mark.parametrize("value", [None, "x", {"a": 1}])
def test_what_is_no_tensor_is_refused(value):
    with pytest.raises(TypeError, match="The loss 'f' must return a tensor"):
        losses.LossFunctionWrapper(lambda y, p: value, name="f")([1.0], [1.0])
    assert float(losses.LossFunctionWrapper(lambda y, p: 2.0)([1.0], [1.0])) == 2.0


@pytest.mark.parametrize("policy", ["mixed_float16", "float16"])
def test_a_policy_of_layers_leaves_losses_in_full_precision(policy):
    config.set_dtype_policy(policy)
    loss = losses.MeanSquaredError()
    assert loss.dtype == "float32"
    # 300^2 is past the largest number of float16, 65504.
    value = loss(np.zeros((2, 1), "float16"), np.full((2, 1), 300.0, "float16"))
    assert value.dtype == "float32" and float(value) == 90000.0
    assert losses.MeanSquaredError(dtype=policy).dtype == "float16"
    config.set_floatx("float64")
    assert losses.MeanSquaredError().dtype == "float64"
