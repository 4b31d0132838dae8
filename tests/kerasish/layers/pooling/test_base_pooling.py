"""What holds for every pooling layer: shapes, dtypes, formats, wrong arguments."""

import copy
import pickle

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

# Layer, its first argument, the size that 5 positions get.
KINDS = [
    ("MaxPooling", {"pool_size": 2}, 2),
    ("AveragePooling", {"pool_size": 2}, 2),
    ("GlobalMaxPooling", {"keepdims": True}, 1),
    ("GlobalAveragePooling", {"keepdims": True}, 1),
    ("AdaptiveMaxPooling", {"output_size": 3}, 3),
    ("AdaptiveAveragePooling", {"output_size": 3}, 3),
]
LAYERS = [(f"{k}{n}D", kw, n, size) for k, kw, size in KINDS for n in (1, 2, 3)]
EACH = pytest.mark.parametrize(
    "cls, kwargs, rank, size", LAYERS, ids=[row[0] for row in LAYERS]
)


def make(cls, kwargs, **more):
    return getattr(layers, cls)(**kwargs, **more)


@EACH
def test_unknown_sizes(cls, kwargs, rank, size):
    for first in (False, True):
        form = "channels_first" if first else "channels_last"
        rest = (5,) * (rank - 1)
        shape = (3, None, *rest) if first else (None, *rest, 3)
        # One position is left of any, and as many as are asked for.
        unknown = None if cls[0] in "M" or cls.startswith("Ave") else size
        sizes = (unknown, *(size,) * (rank - 1))
        expected = (None, 3, *sizes) if first else (None, *sizes, 3)
        assert make(cls, kwargs, data_format=form)(keras.Input(shape)).shape == expected


@EACH
def test_channels_first_is_channels_last_moved(cls, kwargs, rank, size, rng):
    x = rng.normal(size=(2, *(5, 4, 6)[:rank], 3)).astype("float32")
    expected = make(cls, kwargs)(x)
    found = make(cls, kwargs, data_format="channels_first")(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(
        np.moveaxis(np.asarray(found), 1, -1), expected, rtol=1e-5, atol=1e-6
    )


@EACH
@pytest.mark.parametrize(
    "policy, dtype, tolerance",
    [
        ("float64", "float64", 1e-6),
        ("float16", "float16", 1e-2),
        ("mixed_float16", "float16", 1e-2),
        ("mixed_bfloat16", "bfloat16", 3e-2),
    ],
)
def test_dtypes(cls, kwargs, rank, size, policy, dtype, tolerance, rng):
    x = rng.normal(size=(2, *(5, 4, 6)[:rank], 3)).astype("float32")
    layer = make(cls, kwargs, dtype=policy)
    found = layer(x)
    assert layer(keras.Input(x.shape[1:])).dtype == found.dtype == dtype
    np.testing.assert_allclose(
        np.asarray(found, "float32"), make(cls, kwargs)(x), tolerance, tolerance
    )


@EACH
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_whole_numbers(cls, kwargs, rank, size, policy, rng):
    x = rng.integers(0, 255, (2, *(5, 4, 6)[:rank], 3)).astype("uint8")
    layer = make(cls, kwargs, dtype=policy)
    found, symbolic = layer(x), layer(keras.Input(x.shape[1:], dtype="uint8"))
    assert found.dtype == symbolic.dtype == ("uint8" if "Max" in cls else "float32")
    expected = make(cls, kwargs)(x.astype("float32"))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@EACH
def test_copies(cls, kwargs, rank, size, rng):
    x = rng.normal(size=(2, *(5, 4, 6)[:rank], 3)).astype("float32")
    layer = make(cls, kwargs)
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(again(x), layer(x))


@EACH
def test_wrong_arguments_of_all(cls, kwargs, rank, size):
    with pytest.raises(
        ValueError, match="`data_format` of `.*`.*channels_last.*'last'"
    ):
        make(cls, kwargs, data_format="last")
    with pytest.raises(ValueError, match=f"expected ndim={rank + 2}"):
        make(cls, kwargs)(np.ones((2,) * (rank + 1)))


@pytest.mark.parametrize("cls", ["MaxPooling2D", "AveragePooling2D"])
@pytest.mark.parametrize(
    "kw, match",
    [
        ({"pool_size": 0}, "`pool_size` of `.*` must be a positive integer or 2 of"),
        ({"pool_size": 2.0}, "`pool_size`.*2.0"),
        ({"pool_size": (2, 2, 2)}, "`pool_size`"),
        ({"strides": 0}, "`strides`.*=0"),
        ({"padding": "causal"}, "`padding` of `.*` must be one of .*causal"),
    ],
)
def test_wrong_windows(cls, kw, match):
    with pytest.raises(ValueError, match=match):
        getattr(layers, cls)(**{"pool_size": 2, **kw})


@pytest.mark.parametrize("cls", ["MaxPooling2D", "AveragePooling2D"])
def test_a_window_that_does_not_fit(cls):
    layer = getattr(layers, cls)(5)
    match = r"the window \(5, 5\) does not fit into inputs of shape \(None, 3, 3, 1\)"
    with pytest.raises(ValueError, match=match):
        layer(keras.Input((3, 3, 1)))
    with pytest.raises(ValueError, match="does not fit into inputs"):
        layer(np.ones((1, 3, 3, 1)))


@pytest.mark.parametrize("cls", ["AdaptiveMaxPooling2D", "AdaptiveAveragePooling2D"])
def test_wrong_output_sizes(cls):
    for value in (2.0, None, (2, 2, 2), (2, "a"), (None, 2)):
        with pytest.raises(
            TypeError, match="`output_size` of `.*positive integer or 2"
        ):
            getattr(layers, cls)(value)
    for value in (0, (2, -1), True):
        with pytest.raises(
            ValueError, match="`output_size` of `.*positive integer or 2"
        ):
            getattr(layers, cls)(value)
