import numpy as np
import pytest

from kerasish import initializers
from kerasish.core.errors import ArgumentError

HALF = 0.353553  # sqrt(1 / 8)
# `STFT` of Keras 3.15.1 for the shape (4, 1, 4).
STFTS = [
    (
        {"side": "real", "window": "hann", "scaling": "density"},
        [
            [0.0, 0.0, 0.0, 0.0],
            [0.707107, HALF, -HALF, -0.707107],
            [0.707107, -HALF, -HALF, 0.707107],
            [0.0, 0.0, 0.0, 0.0],
        ],
    ),
    (
        {
            "side": "imag",
            "window": "hamming",
            "scaling": "spectrum",
            "periodic": True,
        },
        [
            [0.0, 0.0, 0.0, 0.0],
            [0.0, -0.216506, -0.216506, 0.0],
            [0.0, -0.400938, 0.400938, 0.0],
            [0.0, 0.0, 0.0, 0.0],
        ],
    ),
    (
        {"window": None, "scaling": None},
        [
            [1.0, 1.0, 1.0, 1.0],
            [1.0, 0.5, -0.5, -1.0],
            [1.0, -0.5, -0.5, 1.0],
            [1.0, -1.0, 1.0, -1.0],
        ],
    ),
]


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", None])
def test_constants(dtype):
    for initializer, value in (
        (initializers.Zeros(), 0),
        (initializers.Ones(), 1),
        (initializers.Constant(3), 3),
    ):
        made = initializer((2, 3), dtype)
        np.testing.assert_array_equal(made, np.full((2, 3), value))
        assert made.dtype == (dtype or "float32")


def test_constant_of_an_array():
    initializer = initializers.Constant(np.array([1.0, 2.0]))
    assert initializer((3, 2)).tolist() == [[1.0, 2.0]] * 3
    again = initializers.Constant.from_config(initializer.get_config())
    assert again((3, 2)).tolist() == [[1.0, 2.0]] * 3


def test_identity():
    made = initializers.Identity(2.0)((2, 3), "float64")
    np.testing.assert_array_equal(made, 2 * np.eye(2, 3))
    with pytest.raises(ArgumentError, match=r"makes matrices. Received: shape=\(2,\)"):
        initializers.Identity()((2,))


@pytest.mark.parametrize("arguments, expected", STFTS)
def test_fourier_kernels_are_those_of_keras(arguments, expected):
    made = initializers.STFT(**arguments)((4, 1, 4)).numpy()[:, 0]
    np.testing.assert_allclose(made, expected, atol=1e-6)


def test_fourier_kernel_with_an_own_window():
    window = [0.5, 1.0, 1.0, 0.5]
    own = initializers.STFT(window=window, scaling=None)((4, 1, 4)).numpy()
    plain = initializers.STFT(window=None, scaling=None)((4, 1, 4)).numpy()
    np.testing.assert_allclose(own[:, 0], plain[:, 0] * np.array(window)[:, None])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"side": "left"}, "`side` must be 'real' or 'imag'. Received: 'left'"),
        ({"scaling": "d"}, "`scaling` must be 'density', 'spectrum' or None.*'d'"),
        ({"window": "han"}, "`window` must be one of .* Received: 'han'"),
    ],
)
def test_wrong_arguments_of_fourier_kernels(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        initializers.STFT(**arguments)


@pytest.mark.parametrize("shape", [(4, 2, 4), (8, 1, 4)])
def test_wrong_shape_of_fourier_kernels(shape):
    with pytest.raises(ArgumentError, match=r"Received: shape=\([48], [12], 4\)"):
        initializers.STFT()(shape)


@pytest.mark.parametrize(
    "initializer",
    [
        initializers.Constant(2.5),
        initializers.Identity(3.0),
        initializers.STFT("imag", None, None, True),
        initializers.Zeros(),
    ],
    ids=lambda initializer: type(initializer).__name__,
)
def test_round_trip(initializer):
    again = initializers.deserialize(initializers.serialize(initializer))
    assert type(again) is type(initializer)
    assert again.get_config() == initializer.get_config()
