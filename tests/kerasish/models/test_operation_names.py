"""Operations in functional configs, compared with a config that Keras wrote."""

import json
from pathlib import Path

import numpy as np
import pytest

import kerasish as keras
from kerasish import ops
from kerasish.models.operation_names import FUNCTION_OF, from_keras, to_keras

GOLDEN = Path(__file__).parents[2] / "golden" / "operations.json"


@pytest.fixture(scope="module")
def golden():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_a_model_that_keras_wrote_gives_the_same_numbers(golden):
    model = keras.Model.from_config(golden["config"])
    rng = np.random.default_rng(0)
    x = [rng.normal(size=(3, 4, 6)).astype("float32") for _ in range(2)]
    found = model.predict(x, verbose=0)
    for made, (shape, first, total) in zip(found, golden["outputs"], strict=True):
        assert list(made.shape) == shape
        np.testing.assert_allclose(made.ravel()[:6], first, atol=3e-5)
        np.testing.assert_allclose(made.sum(dtype="f8"), total, rtol=1e-4, atol=1e-3)


def test_operations_are_written_as_keras_writes_them(golden):
    model = keras.Model.from_config(golden["config"])
    made = {e["name"]: e for e in model.get_config()["layers"]}
    for expected in golden["config"]["layers"]:
        entry = made[expected["name"]]
        assert entry["module"] == expected["module"]
        assert entry["class_name"] == expected["class_name"]


def test_arguments_that_are_attributes_in_keras():
    place, config, args, kwargs = to_keras(ops.sum, ("x", 1), {"keepdims": True})
    assert place == ("keras.src.ops.numpy", "Sum")
    assert (config, args, kwargs) == ({"axis": 1, "keepdims": True}, ("x",), {})
    assert from_keras(ops.sum, config, args, kwargs) == (
        ["x"],
        {"axis": 1, "keepdims": True},
    )


def test_operands_after_an_attribute():
    given = to_keras(ops.einsum, ("ij,jk->ik", "a", "b"), {})
    assert given[1:] == ({"subscripts": "ij,jk->ik"}, ("a", "b"), {})
    assert from_keras(ops.einsum, *given[1:]) == (["ij,jk->ik", "a", "b"], {})


def test_an_operation_that_keras_has_not():
    assert to_keras(ops.rearrange, (), {}) is None
    x = keras.Input((2, 3))
    model = keras.Model(x, ops.rearrange(x, "b i j -> b j i"))
    again = keras.Model.from_config(model.get_config())
    assert again.output_shape == (None, 3, 2)


def test_classes_lead_back_to_functions():
    assert FUNCTION_OF["keras.src.ops.nn", "Relu"] == "relu"


def test_operations_on_images_are_those_of_keras():
    golden = json.loads(GOLDEN.with_name("images.json").read_text())["model"]
    model = keras.Model.from_config(golden["config"])
    x = np.random.default_rng(0).uniform(0, 1, (2, 6, 7, 3)).astype("float32")
    found = model([x, np.array(golden["transforms"], "float32")])
    for made, (shape, values, total) in zip(found, golden["outputs"], strict=True):
        host = np.asarray(made, "float64")
        assert list(host.shape) == shape
        np.testing.assert_allclose(host.ravel()[::7], values, rtol=1e-4, atol=5e-5)
        assert host.sum() == pytest.approx(total, rel=1e-4, abs=1e-3)
    places = [(e["module"], e["class_name"]) for e in golden["config"]["layers"]]
    again = [(e["module"], e["class_name"]) for e in model.get_config()["layers"]]
    assert again == places
