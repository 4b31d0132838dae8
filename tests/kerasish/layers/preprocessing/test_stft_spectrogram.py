"""STFTSpectrogram against values of Keras, and against SciPy."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

import kerasish as keras
from kerasish import layers
from tests.golden.stored_layers import plain

GOLDEN = Path(__file__).parents[3] / "golden/stft_spectrogram.json"
STORED = json.loads(GOLDEN.read_text("utf-8"))
X = np.array(STORED["x"], "float32")
SMALL = {"frame_length": 16, "frame_step": 8}


def identify(row):
    return "-".join(f"{k}={v}" for k, v in row["kw"].items())


def signal(row):
    first = row["kw"].get("data_format") == "channels_first"
    return np.moveaxis(X, 2, 1) if first else X


@pytest.mark.parametrize("row", STORED["rows"], ids=identify)
def test_outputs_weights_and_configs_are_those_of_keras(row):
    layer = layers.STFTSpectrogram(**row["kw"])
    y = layer(signal(row))
    np.testing.assert_allclose(y, row["y"], rtol=2e-4, atol=1e-4)
    assert [w.name for w in layer.weights] == row["names"]
    assert [list(w.shape) for w in layer.weights] == row["shapes"]
    np.testing.assert_allclose(layer.weights[-1][:, 0, 1], row["last"], atol=1e-5)
    assert plain(layer.get_config()) == row["config"]


@pytest.mark.parametrize("row", STORED["rows"], ids=identify)
def test_shapes_and_configs(row):
    layer, x = layers.STFTSpectrogram(**row["kw"]), signal(row)
    shape = np.shape(row["y"])
    assert layer.compute_output_shape(x.shape) == shape
    assert layer(keras.Input(x.shape[1:])).shape == (None, *shape[1:])
    first = row["kw"].get("data_format") == "channels_first"
    free = (None, 2, None) if first else (None, None, 2)
    assert layer(keras.KerasTensor(free)).shape == layer.compute_output_shape(free)
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_array_equal(again(x), layer(x))


def test_powers_are_those_of_scipy():
    layer = layers.STFTSpectrogram("psd", 16, 8, periodic=True)
    _, _, expected = scipy.signal.spectrogram(
        X[:, :, 0], window="hann", nperseg=16, noverlap=8, detrend=False, fs=1.0
    )
    found = layer(X[:, :, :1])
    np.testing.assert_allclose(found, np.swapaxes(expected, 1, 2), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("mode", ["log", "magnitude", "angle", "stft"])
def test_a_model_trains_its_waves_and_is_saved(mode, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((40, 2)),
            layers.STFTSpectrogram(mode, **SMALL),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    before = model.layers[0].get_weights()
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(X, np.ones((2, 1), "float32")))
    after = model.layers[0].get_weights()
    assert all(np.isfinite(w).all() for w in after)
    assert not np.allclose(before[0], after[0], atol=1e-9)
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    np.testing.assert_allclose(
        again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
def test_dtypes(dtype):
    layer = layers.STFTSpectrogram("real", **SMALL, dtype=dtype)
    y = layer(X)
    assert y.dtype == layer.compute_dtype
    wide = layers.STFTSpectrogram("real", **SMALL)(X)
    np.testing.assert_allclose(np.asarray(y, "float64"), wide, atol=0.05)


def test_a_window_may_be_an_array():
    window = np.linspace(0, 1, 16)
    layer = layers.STFTSpectrogram("real", **SMALL, window=window, scaling=None)
    layer(X)
    np.testing.assert_allclose(layer.real_kernel[:, 0, 0], window, rtol=1e-6)
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_array_equal(again(X), layer(X))


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({"mode": "x"}, "`mode` of `STFTSpectrogram` must be one of .* mode='x'"),
        ({"scaling": "x"}, "`scaling` of `STFTSpectrogram` must be one of"),
        ({"padding": "x"}, "`padding` of `STFTSpectrogram` must be one of"),
        ({"data_format": "x"}, "`data_format` of `STFTSpectrogram` must be one of"),
        ({"frame_length": 0}, "`frame_length` of `STFTSpectrogram` must be a positive"),
        ({"frame_step": 0}, "must be from 1 to `frame_length`. Received: frame_step=0"),
        ({"frame_step": 17}, "must be from 1 to `frame_length`"),
        ({"fft_length": 8}, "must be at least `frame_length`. Received: fft_length=8"),
        ({"window": "x"}, "`window` of `STFTSpectrogram` must be 'hann', 'hamming'"),
        (
            {"frame_length": 2, "frame_step": 1},
            "must be finite with a sum above 0. Rec",
        ),
        ({"window": [np.nan] * 16}, "must be finite with a sum above 0"),
        ({"window": [1.0]}, r"must have the shape \(16,\). Received: shape=\(1,\)"),
    ],
)
def test_wrong_arguments(kw, message):
    with pytest.raises((ValueError, TypeError), match=message):
        layers.STFTSpectrogram(**{**SMALL, **kw})


def test_wrong_inputs():
    layer = layers.STFTSpectrogram(**SMALL, name="s")
    with pytest.raises(TypeError, match="`STFTSpectrogram` 's' takes signals of float"):
        layer(np.ones((1, 40, 1), "int32"))
    with pytest.raises(ValueError, match="'s' needs a known number of channels"):
        layers.STFTSpectrogram(name="s")(keras.KerasTensor((None, 40, None)))
    with pytest.raises(ValueError, match="ndim=3"):
        layer(np.ones((2, 40)))
