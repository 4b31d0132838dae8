"""Every layer gives the same outputs, gradients and state recorded as eagerly."""

import numpy as np
import pytest

from kerasish import layers, ops, random
from kerasish.autodiff import GradientTape
from kerasish.core import naming, tree
from kerasish.tracing import Function
from tests.golden.reference import identify, reference, rows

NO_BIAS = {"use_bias": False}
# Layers without a row in the golden file, or with several inputs.
MORE = [
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, "x2"),
    ("Identity", {}, "x3"),
    ("Masking", {"mask_value": 1.0}, "x3"),
    ("Lambda", {"function": lambda x: x * 2.0 + 1.0}, "x2"),
    ("Dropout", {"rate": 0.5}, "x3"),
    ("Dropout", {"rate": 0.3, "noise_shape": (None, 1, 4), "seed": 4}, "x3"),
    ("GaussianDropout", {"rate": 0.5, "seed": 4}, "x3"),
    ("GaussianNoise", {"stddev": 0.5}, "x3"),
    ("Dense", {"units": 3, "activation": "softmax"}, "x3"),
    ("Dense", {"units": 3, "kernel_regularizer": "l2", "dtype": "mixed_float16"}, "x2"),
    ("BatchNormalization", {"axis": 1}, "x3"),
    ("BatchNormalization", {"scale": False, "momentum": 0.5}, "x4"),
    ("BatchNormalization", {"synchronized": True}, "x4"),
    ("BatchNormalization", {"dtype": "mixed_float16"}, "x4"),
    ("GroupNormalization", {"groups": 2}, "x4"),
    ("GroupNormalization", {"groups": 3, "axis": 1, "center": False}, "x3"),
    ("GroupNormalization", {"groups": 1, "dtype": "mixed_bfloat16"}, "x3"),
    ("RMSNormalization", {}, "x3"),
    ("RMSNormalization", {"axis": (1, 2)}, "x3"),
    ("UnitNormalization", {"axis": (1, 2)}, "x4"),
    ("UpSampling1D", {"size": 3}, "x3"),
    ("UpSampling2D", {}, "x4"),
    ("UpSampling2D", {"size": (1, 3), "data_format": "channels_first"}, "x4"),
    ("UpSampling2D", {"interpolation": "bilinear"}, "x4"),
    ("UpSampling2D", {"interpolation": "lanczos3", "dtype": "float16"}, "x4"),
    ("UpSampling3D", {"size": (2, 1, 3)}, "x5"),
    ("ZeroPadding1D", {"padding": (2, 0)}, "x3"),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, "x4"),
    ("ZeroPadding3D", {"padding": 2, "data_format": "channels_first"}, "x5"),
    ("Cropping1D", {"cropping": (1, 2)}, "x3"),
    ("Cropping2D", {"cropping": ((0, 1), (2, 1))}, "x4"),
    ("Cropping3D", {"cropping": (1, 2, 1)}, "x5"),
    ("Resizing", {"height": 3, "width": 9, "interpolation": "bicubic"}, "x4"),
    ("Resizing", {"height": 4, "width": 4, "pad_to_aspect_ratio": True}, "x4"),
    ("Resizing", {"height": 4, "width": 2, "crop_to_aspect_ratio": True}, "x4"),
    ("CenterCrop", {"height": 3, "width": 4}, "x4"),
    ("CenterCrop", {"height": 3, "width": 9}, "x4"),
    ("STFTSpectrogram", {"frame_length": 3, "mode": "psd"}, "x3"),
    ("STFTSpectrogram", {"frame_length": 3, "mode": "stft", "padding": "same"}, "x3"),
    ("MelSpectrogram", {"fft_length": 4, "sequence_stride": 1}, "x2"),
    ("AlphaDropout", {"rate": 0.4}, "x3"),
    ("AlphaDropout", {"rate": 0.3, "noise_shape": (None, 1, 4), "seed": 4}, "x3"),
    ("SpatialDropout1D", {"rate": 0.5, "seed": 4}, "x3"),
    ("SpatialDropout2D", {"rate": 0.5, "data_format": "channels_first"}, "x4"),
    ("SpatialDropout3D", {"rate": 0.5, "dtype": "mixed_float16"}, "x5"),
    ("Conv1D", {"filters": 2, "kernel_size": 2, "activation": "gelu"}, "x3"),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "dtype": "mixed_bfloat16"}, "x4"),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "data_format": "channels_first"}, "x4"),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2}, "x3"),
    (
        "Conv2DTranspose",
        {
            "filters": 2,
            "kernel_size": (4, 3),
            "strides": 2,
            "padding": "same",
            "output_padding": 1,
            "activation": "relu",
        },
        "x4",
    ),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "dilation_rate": 2}, "x4"),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "padding": "same"}, "x5"),
    ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, "x3"),
    ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same", "strides": 2}, "x4"),
    ("DepthwiseConv2D", {"kernel_size": 2, "activation": "relu"}, "x4"),
    ("SeparableConv1D", {"filters": 3, "kernel_size": 3, "dilation_rate": 2}, "x3"),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 2, "activation": "relu"}, "x4"),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 2, "dtype": "float16"}, "x4"),
    ("MaxPooling2D", {"pool_size": 2, "data_format": "channels_first"}, "x4"),
    ("MaxPooling1D", {"pool_size": 3, "strides": 1, "padding": "same"}, "x3"),
    ("AveragePooling3D", {"pool_size": 2, "padding": "same"}, "x5"),
    ("GlobalAveragePooling1D", {"dtype": "mixed_float16"}, "x3"),
    ("AdaptiveAveragePooling1D", {"output_size": 4}, "x3"),
    ("AdaptiveAveragePooling2D", {"output_size": (3, 4)}, "x4"),
    ("AdaptiveAveragePooling3D", {"output_size": 2, "dtype": "float16"}, "x5"),
    ("AdaptiveMaxPooling1D", {"output_size": 4}, "x3"),
    ("AdaptiveMaxPooling2D", {"output_size": (3, 4)}, "x4"),
    ("AdaptiveMaxPooling3D", {"output_size": 2}, "x5"),
    ("Add", {}, ("x3", "x3")),
    ("Subtract", {}, ("x3", "x3")),
    ("Multiply", {}, ("x3", "x3", "x3")),
    ("Average", {}, ("x3", "x3")),
    ("Maximum", {}, ("x3", "x3")),
    ("Minimum", {}, ("x3", "x3")),
    ("Concatenate", {"axis": 1}, ("x3", "x3")),
    ("Dot", {"axes": 1, "normalize": True}, ("x2", "x2")),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 6)}, "x3"),
    (
        "EinsumDense",
        {"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "de"},
        "x3",
    ),
    ("Attention", {"use_scale": True}, ("x3", "x3")),
    ("Attention", {"score_mode": "concat", "dropout": 0.3}, ("x3", "x3", "x3")),
    ("AdditiveAttention", {"dropout": 0.3, "seed": 2}, ("x3", "x3")),
    # The gradient at a bias of keys is zero but for roundings; its dtype is told, so
    # that it is not compared with others.
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "dtype": "float32"},
        ("x3", "x3"),
    ),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, **NO_BIAS}, ("x3", "x3")),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "dropout": 0.4, "use_gate": True, **NO_BIAS},
        ("x3", "x3"),
    ),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, **NO_BIAS}, ("x4",) * 3),
    (
        "MultiHeadAttention",
        {"num_heads": 1, "key_dim": 2, "flash_attention": True, **NO_BIAS},
        ("x3", "x3"),
    ),
    (
        "GroupQueryAttention",
        {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, **NO_BIAS},
        ("x3", "x3"),
    ),
    ("SimpleRNN", {"units": 3, "return_sequences": True}, "x3"),
    ("LSTM", {"units": 3, "dropout": 0.3, "recurrent_dropout": 0.2, "seed": 4}, "x3"),
    ("LSTM", {"units": 3, "dtype": "mixed_float16", "return_sequences": True}, "x3"),
    ("GRU", {"units": 3, "go_backwards": True, "activation": "relu"}, "x3"),
    ("GRU", {"units": 3, "reset_after": False, "kernel_regularizer": "l2"}, "x3"),
    ("ConvLSTM1D", {"filters": 2, "kernel_size": 3, "padding": "same"}, "x4"),
    ("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "recurrent_dropout": 0.3}, "x5"),
]
ROWS = [(row["cls"], row["kw"], row["x"], identify(row)) for row in rows("layers")]
ROWS += [(*row, f"{row[0]}-{i}-more") for i, row in enumerate(MORE)]
CALLS = 5
# Layers whose inputs are several arguments, not one list.
SPREAD = ("MultiHeadAttention", "GroupedQueryAttention")
NOISY = ("GaussianNoise", "BatchNormalization", "LSTM", "ConvLSTM2D")


def data(key, call):
    """Returns inputs, other ones at each call."""
    if isinstance(key, tuple):
        return [data(k, call + 7 * i) for i, k in enumerate(key)]
    x = np.array(reference()["inputs"][key])
    if key == "i":
        return np.roll(x, call, 1)
    return (np.roll(x, call, 1) * (1.0 + 0.1 * call)).astype("float32")


def make(name, kwargs, x):
    """Returns a layer that is built, the same one each time."""
    naming.reset_uids()
    random.set_random_seed(3)
    layer = getattr(layers, name)(**kwargs)
    apply(layer, x)
    return layer


def apply(layer, given, **options):
    """Calls a layer on its input, or inputs."""
    spread = type(layer).__name__ in SPREAD
    return layer(*given, **options) if spread else layer(given, **options)


def step_of(layer, training):
    """Returns a function that gives outputs, gradients and the state afterwards."""

    def step(*x):
        given = list(x) if len(x) > 1 else x[0]
        watched = [t for t in x if "float" in t.dtype]
        weights = layer.trainable_variables
        with GradientTape() as tape:
            for t in watched:
                tape.watch(t)
            options = {"training": training} if takes_training(layer) else {}
            y = apply(layer, given, **options)
            flat = ops.reshape(ops.cast(y, "float32"), (-1,))
            loss = ops.sum(flat * ops.cos(ops.arange(flat.shape[0], dtype="float32")))
            for penalty in layer.losses:
                loss = loss + penalty
        gradients = tape.gradient(loss, [*watched, *weights])
        return y, loss, gradients

    return step


def takes_training(layer):
    name = type(layer).__name__
    return "Dropout" in name or name in NOISY or "Attention" in name


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize(
    ("name", "kwargs", "key"), [r[:3] for r in ROWS], ids=[r[3] for r in ROWS]
)
def test_recorded_is_eager(name, kwargs, key, training):
    first = data(key, 0)
    eager, layer = make(name, kwargs, first), make(name, kwargs, first)
    expected = step_of(eager, training)
    runs = []
    inner = step_of(layer, training)

    def counted(*x):
        runs.append(1)
        return inner(*x)

    found = Function(counted, roots=lambda: [layer])
    for call in range(CALLS):
        x = data(key, call)
        x = x if isinstance(x, list) else [x]
        one = tree.flatten(expected(*(ops.convert_to_tensor(a) for a in x)))
        two = tree.flatten(found(*x))
        half = any("float16" in str(t.dtype) for t in one if t is not None)
        tolerance = 5e-3 if half else 2e-4
        for a, b in zip(one, two, strict=True):
            if a is None:
                assert b is None
                continue
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(
                np.asarray(a, "float32"), np.asarray(b, "float32"), tolerance, tolerance
            )
        for v, w in zip(eager.variables, layer.variables, strict=True):
            np.testing.assert_allclose(v.numpy(), w.numpy(), rtol=1e-4, atol=1e-5)
    assert len(runs) == 3
