"""Initializers that draw nothing: constants, the identity, Fourier kernels."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.autodiff import Tensor
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentError
from kerasish.initializers.initializer import Initializer

__all__ = ["STFT", "Constant", "Identity", "Ones", "Zeros"]


class Constant(Initializer):
    """Every element is the same number.

    Args:
        value: The number, or an array that broadcasts to the shape.

    Example:
        >>> Constant(3.0)((2,)).tolist()
        [3.0, 3.0]
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns a tensor filled with the value."""
        dtype = standardize_dtype(dtype)
        value = ops.cast(ops.convert_to_tensor(self.value), dtype)
        return ops.broadcast_to(value, tuple(shape))  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        value = self.value
        plain = isinstance(value, int | float)
        return {"value": value if plain else np.asarray(value).tolist()}


class Zeros(Initializer):
    """Every element is 0.

    Example:
        >>> Zeros()((2,)).tolist()
        [0.0, 0.0]
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns zeros."""
        return ops.zeros(shape, dtype=standardize_dtype(dtype))


class Ones(Initializer):
    """Every element is 1.

    Example:
        >>> Ones()((2,)).tolist()
        [1.0, 1.0]
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns ones."""
        return ops.ones(shape, dtype=standardize_dtype(dtype))


class Identity(Initializer):
    """The identity matrix, times a number.

    Args:
        gain: The number on the diagonal.

    Raises:
        ArgumentError: When it is called with a shape that has not two axes.

    Example:
        >>> Identity(2.0)((2, 2)).tolist()
        [[2.0, 0.0], [0.0, 2.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns the matrix."""
        if len(shape) != 2:
            raise ArgumentError(
                "The `Identity` initializer makes matrices. "
                f"Received: shape={tuple(shape)}"
            )
        eye = ops.eye(shape[0], shape[1], dtype=standardize_dtype(dtype))
        return eye * self.gain  # type: ignore[operator, return-value]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"gain": self.gain}


class STFT(Initializer):
    """Kernels of a convolution that computes short-time Fourier transforms.

    The shape is `(frame_length, 1, fft_length // 2 + 1)`.

    Args:
        side: "real" for cosines, "imag" for negative sines.
        window: A window of SciPy ("hann", "hamming", "blackman", "bartlett"), an
            array of the frame's length, or None.
        scaling: "density", "spectrum" or None.
        periodic: Whether the window is periodic.

    Raises:
        ArgumentError: If an argument is none of these.
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ArgumentError(f"`side` must be 'real' or 'imag'. Received: {side!r}")
        if scaling not in ("density", "spectrum", None):
            raise ArgumentError(
                "`scaling` must be 'density', 'spectrum' or None. "
                f"Received: {scaling!r}"
            )
        if isinstance(window, str) and window not in WINDOWS:
            raise ArgumentError(
                f"`window` must be one of {sorted(WINDOWS)}, an array or None. "
                f"Received: {window!r}"
            )
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Returns the kernels."""
        frame_length, channels, bins = shape
        fft_length = (bins - 1) * 2
        if channels != 1 or frame_length > fft_length:
            raise ArgumentError(
                "`STFT` makes kernels of shape (frame_length, 1, bins) with "
                f"frame_length <= 2 * (bins - 1). Received: shape={tuple(shape)}"
            )
        time = np.arange(frame_length)[:, None, None]
        angle = 2 * np.pi * np.arange(bins)[None, None, :] * time / fft_length
        kernel = np.cos(angle) if self.side == "real" else -np.sin(angle)
        window = self._window(frame_length)
        if self.scaling == "density":
            kernel = kernel / np.sqrt((window**2).sum())
        elif self.scaling == "spectrum":
            kernel = kernel / np.abs(window.sum())
        kernel = kernel * window[:, None, None]
        return ops.convert_to_tensor(kernel, standardize_dtype(dtype))  # type: ignore[no-any-return]

    def _window(self, length: int) -> np.ndarray:
        if self.window is None:
            return np.ones(length)
        if not isinstance(self.window, str):
            return np.asarray(self.window, dtype="float64")
        made: np.ndarray = WINDOWS[self.window](length + int(self.periodic))
        return made[:length]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "side": self.side,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }


WINDOWS = {
    "hann": np.hanning,
    "hamming": np.hamming,
    "blackman": np.blackman,
    "bartlett": np.bartlett,
}
