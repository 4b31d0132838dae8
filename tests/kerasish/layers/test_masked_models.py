"""Models with masks that Keras saved, and where masks go in a call.

`tests/golden/masked_models.json` says in `made_with` where its outputs come from.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "tests/golden/masked_models.json").read_text("utf-8"))["rows"]
TOKENS = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0]])


def carried(x):
    """Returns the mask that a tensor carries, or None."""
    return getattr(x, "_keras_mask", None)


def embedded(**kwargs):
    """Returns vectors of tokens, which carry a mask."""
    return layers.Embedding(10, 4, mask_zero=True, **kwargs)(TOKENS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_models_of_keras_predict_as_there(name):
    row = ROWS[name]
    model = keras.models.model_from_json(json.dumps(row["config"]))
    weights = enumerate(model.get_weights())
    model.set_weights(
        [np.sin(np.arange(w.size) * 1.7 + i).reshape(w.shape) for i, w in weights]
    )
    given = [np.array(x) for x in row["inputs"]]
    given = given if len(given) > 1 else given[0]
    close = {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(model(given), row["outputs"], **close)
    for _ in range(3):  # eager, recorded, replayed
        found = model.predict(given, verbose=0)
        np.testing.assert_allclose(found, row["outputs"], **close)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_graphs_note_the_masks_that_keras_notes(name):
    config = ROWS[name]["config"]["config"]
    model = keras.models.model_from_json(json.dumps(ROWS[name]["config"]))
    again = {layer["name"]: layer for layer in model.get_config()["layers"]}
    assert set(again) == {layer["name"] for layer in config["layers"]}
    for layer in config["layers"]:
        for node, own in zip(
            layer["inbound_nodes"], again[layer["name"]]["inbound_nodes"], strict=True
        ):
            masks = {k for k in node["kwargs"] if k.endswith("mask")}
            assert masks == {k for k in own["kwargs"] if k.endswith("mask")}


def test_a_call_on_several_tensors_notes_no_mask():
    x = keras.Input((5,), dtype="int32")
    e = layers.Embedding(10, 4, mask_zero=True)(x)
    attention = layers.MultiHeadAttention(2, 3)
    y = layers.Add()([e, attention(e, e)])
    pooling, lstm = layers.GlobalAveragePooling1D(), layers.LSTM(2)
    pooling(y)
    lstm(e, initial_state=[keras.Input((2,)), keras.Input((2,))])
    assert not attention._inbound_nodes[0].kwargs
    assert set(lstm._inbound_nodes[0].kwargs) == {"initial_state"}
    assert set(pooling._inbound_nodes[0].kwargs) == {"mask"}
    assert carried(e) is not None and carried(y) is not None


def test_multi_head_attention_takes_masks_off_its_inputs():
    e = embedded()
    y = layers.MultiHeadAttention(2, 3)(e, e, e)
    assert carried(e) is None and carried(y).tolist() == (TOKENS > 0).tolist()
    assert carried(layers.Add()([e, y])) is None
    e = embedded()
    y = layers.MultiHeadAttention(2, 3, dtype="mixed_bfloat16")(e, e)  # casts a copy
    assert carried(e) is not None and carried(y) is not None
    e = embedded()
    y = layers.GroupQueryAttention(3, 2, 1)(e, e)
    assert carried(e) is not None and carried(layers.Add()([e, y])) is not None


def test_the_mask_of_queries_is_the_one_that_they_carry():
    attention = layers.MultiHeadAttention(2, 3)
    x, other = np.ones((2, 5, 4), "float32"), np.zeros((2, 5), bool)
    y, weights = attention(x, x, query_mask=other, return_attention_scores=True)
    _, expected = attention(x, x, return_attention_scores=True)
    np.testing.assert_array_equal(weights, expected)
    assert carried(y) is None
    e = embedded()
    assert carried(attention(e, e, query_mask=other)).tolist() == (TOKENS > 0).tolist()


def test_a_mask_given_by_name_goes_on():
    mask = TOKENS > 0
    y = layers.LSTM(3, return_sequences=True)(np.ones((2, 5, 4), "float32"), mask=mask)
    assert carried(y).tolist() == mask.tolist()


def test_beside_other_tensors_a_mask_is_not_filled_in():
    lstm, state = layers.GRU(3), np.ones((2, 3), "float32")
    e = embedded()
    y = lstm(e, initial_state=state)
    whole = lstm(e, initial_state=state, mask=np.ones((2, 5), bool))
    np.testing.assert_allclose(y, whole, rtol=1e-6)
    masked = lstm(e, initial_state=state, mask=carried(e))
    assert np.abs(np.asarray(masked) - np.asarray(y)).max() > 1e-4
