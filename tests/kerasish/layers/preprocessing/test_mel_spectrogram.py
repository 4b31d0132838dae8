"""MelSpectrogram against values of Keras."""

import json
from pathlib import Path

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers
from tests.golden.stored_layers import plain

GOLDEN = Path(__file__).parents[3] / "golden/mel_spectrogram.json"
STORED = json.loads(GOLDEN.read_text("utf-8"))
X = np.array(STORED["x"], "float32")
SMALL = {"fft_length": 64, "sequence_stride": 32, "num_mel_bins": 6}


def identify(row):
    return "-".join(f"{k}={v}" for k, v in list(row["kw"].items())[4:]) or "default"


@pytest.mark.parametrize("row", STORED["rows"], ids=identify)
def test_outputs_and_configs_are_those_of_keras(row):
    layer = layers.MelSpectrogram(**row["kw"])
    y = layer(X)
    np.testing.assert_allclose(y, row["y"], rtol=1e-4, atol=2e-4)
    assert plain(layer.get_config()) == row["config"]
    assert layer.compute_output_shape(X.shape) == y.shape
    symbolic = layer(keras.KerasTensor((None, None)))
    assert symbolic.shape == (None, y.shape[1], None)
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_array_equal(again(X), y)


def test_one_sound_alone():
    layer = layers.MelSpectrogram(**SMALL, top_db=500.0)
    np.testing.assert_allclose(layer(X[0]), layer(X)[0], rtol=1e-5)
    assert layer.compute_output_shape((300,)) == layer(X[0]).shape


def test_bands_are_those_of_keras():
    made = layers.MelSpectrogram().linear_to_mel_weight_matrix(4, 17)
    np.testing.assert_allclose(made, STORED["matrix"], atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    layer = layers.MelSpectrogram(**SMALL, dtype=dtype)
    y = layer(X)
    assert y.dtype == layer.compute_dtype
    wide = layers.MelSpectrogram(**SMALL)(X)
    np.testing.assert_allclose(np.asarray(y, "float64"), wide, rtol=1e-2, atol=0.5)


def test_a_window_may_be_an_array():
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(64) / 64)
    layer = layers.MelSpectrogram(**SMALL, window=window)
    expected = layers.MelSpectrogram(**SMALL)(X)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-4, atol=1e-3)
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_array_equal(again(X), layer(X))


def test_a_model_hears_and_is_saved(tmp_path):
    model = keras.Sequential([keras.Input((300,)), layers.MelSpectrogram(**SMALL)])
    y = model.predict(X, verbose=0)
    np.testing.assert_allclose(y, layers.MelSpectrogram(**SMALL)(X), rtol=1e-4)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), y, rtol=1e-6)


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({"fft_length": 0}, "`fft_length` of `MelSpectrogram` must be a positive int"),
        ({"sequence_length": 65}, "must be at least `sequence_length`. Received: fft"),
        ({"window": "x"}, "`window` of `MelSpectrogram` must be 'hann', 'hamming', an"),
        ({"window": [1.0]}, r"must have the shape \(64,\). Received: shape=\(1,\)"),
        ({"num_mel_bins": 1.5}, "`num_mel_bins` of `MelSpectrogram` must be"),
        ({"min_freq": 9000.0}, "needs `min_freq` < `max_freq` <= `sampling_rate` / 2"),
        ({"max_freq": 9000.0}, "Received: min_freq=20.0, max_freq=9000.0, sampling_r"),
        (
            {"min_freq": -1.0},
            "`min_freq` of .* a finite number of at least 0. Received",
        ),
        ({"top_db": None}, "`top_db` of `MelSpectrogram` must be a finite number of"),
        (
            {"mag_exp": float("nan")},
            "`mag_exp` of .* must be a finite number. Received",
        ),
        ({"min_power": 0, "ref_power": 0}, "One of `min_power` and `ref_power`"),
    ],
)
def test_wrong_arguments(kw, message):
    with pytest.raises((ValueError, TypeError), match=message):
        layers.MelSpectrogram(**{**SMALL, **kw})
