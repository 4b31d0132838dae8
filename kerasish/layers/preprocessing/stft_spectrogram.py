"""Spectra of windows over a signal, by convolution with waves that can be trained."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.core.config import epsilon, image_data_format
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentError, DtypeError, ShapeError
from kerasish.data import check_count
from kerasish.layers.base import InputSpec, Layer

__all__ = ["STFTSpectrogram"]

Array = Any
MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
# Mean and swing of `mean - swing cos(t)`.
WINDOWS = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46)}
_CHOICES = {
    "mode": MODES,
    "scaling": ("density", "spectrum", None),
    "padding": ("valid", "same"),
    "data_format": ("channels_last", "channels_first"),
}


class STFTSpectrogram(Layer):
    """Computes the short-time Fourier transform of each channel of a signal.

    Its cosines and sines, times the window, are the kernels of a convolution. They are
    weights, which training changes unless the layer is made with `trainable=False`.

    Args:
        mode: "log" of the magnitude, "magnitude", "psd" (power of one side of the
            spectrum), "real", "imag", "angle", or "stft" for real and imaginary parts.
        frame_length: Samples of a window.
        frame_step: Samples from one window to the next; half a window by default.
        fft_length: Samples of a transform, at least those of a window; by default the
            next power of two.
        window: "hann", "hamming", an array `(frame_length,)`, or None for ones.
        periodic: Whether a window by name is that of a period, not symmetric.
        scaling: "density" divides by the root of the sum of squares of the window,
            "spectrum" by its sum, None by nothing; so it is without a window.
        padding: "valid", or "same" for zeros at both ends.
        expand_dims: Whether frequencies have an axis of their own.
        data_format: "channels_last" or "channels_first"; the default if None.
        **kwargs: Arguments of `Layer`.

    Input shape:
        `(batch, time, channels)`, or channels first.

    Output shape:
        `(batch, windows, channels * frequencies)`, or with `expand_dims` `(batch,
        windows, frequencies, channels)`; channels first `(batch, channels *
        frequencies, windows)` or `(batch, channels, windows, frequencies)`. There are
        `fft_length // 2 + 1` frequencies, twice as many for "stft".

    Raises:
        ArgumentError: If an argument is out of range.
        DtypeError: If a signal holds no floats.

    Example:
        >>> layer = STFTSpectrogram(frame_length=256, frame_step=128)
        >>> layer(np.zeros((3, 16000, 1), "float32")).shape
        (3, 124, 129)
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        data_format = image_data_format() if data_format is None else data_format
        given = {"mode": mode, "scaling": scaling, "padding": padding}
        for name, value in {**given, "data_format": data_format}.items():
            if value not in _CHOICES[name]:
                raise ArgumentError(
                    f"`{name}` of `STFTSpectrogram` must be one of {_CHOICES[name]}. "
                    f"Received: {name}={value!r}"
                )
        self.mode, self.scaling, self.padding = mode, scaling, padding
        self.data_format = data_format
        self.frame_length = length = _count("frame_length", frame_length)
        self.frame_step = frame_step
        self._step = _count("frame_step", frame_step or max(length // 2, 1))
        if frame_step == 0 or self._step > length:
            raise ArgumentError(
                "`frame_step` of `STFTSpectrogram` must be from 1 to `frame_length`. "
                f"Received: frame_step={frame_step}, frame_length={length}"
            )
        self.fft_length = fft_length
        self._size = _count("fft_length", fft_length or 1 << (length - 1).bit_length())
        if self._size < length:
            raise ArgumentError(
                "`fft_length` of `STFTSpectrogram` must be at least `frame_length`. "
                f"Received: fft_length={fft_length}, frame_length={length}"
            )
        self.window = window if isinstance(window, str) else _as_list(window)
        self.periodic = bool(periodic)
        self.expand_dims = bool(expand_dims)
        self._shape = _window(self.window, length, self.periodic)
        if not np.isfinite(self._shape).all() or not np.sum(self._shape) > 0:
            raise ArgumentError(
                "The window of `STFTSpectrogram` must be finite with a sum above 0. "
                f"Received: window={window!r:.80}, frame_length={frame_length}"
            )
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Any) -> None:
        """Makes the kernels, one wave for each frequency."""
        if input_shape[self._channels] is None:
            raise ShapeError(
                f"`STFTSpectrogram` {self.name!r} needs a known number of channels. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        scaling = None if self.window is None else self.scaling  # as Keras has it
        scale = {
            "density": float(np.sum(self._shape**2)) ** -0.5,
            "spectrum": 1.0 / float(np.sum(self._shape)),
            None: 1.0,
        }[scaling]
        # As Keras has it, frequencies end at one half where `fft_length` is odd too.
        turns = np.arange(self._size // 2 + 1) / (2 * (self._size // 2) or 1)
        angles = 2 * np.pi * np.arange(self.frame_length)[:, np.newaxis] * turns
        window = scale * self._shape[:, np.newaxis]
        if self.mode != "imag":
            self.real_kernel = self._kernel("real_kernel", np.cos(angles) * window)
        if self.mode != "real":
            self.imag_kernel = self._kernel("imag_kernel", -np.sin(angles) * window)

    def _kernel(self, name: str, values: Array) -> Any:
        values = values[:, np.newaxis]
        return self.add_weight(
            name=name,
            shape=values.shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(values, dtype),
        )

    @property
    def _channels(self) -> int:
        return 2 if self.data_format == "channels_last" else 1

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        if not is_float_dtype(inputs.dtype):
            raise DtypeError(
                f"`STFTSpectrogram` {self.name!r} takes signals of floats. "
                f"Received: dtype={inputs.dtype!r}"
            )
        x = inputs if self._channels == 1 else ops.swapaxes(inputs, 1, 2)
        channels, time = x.shape[1:]
        made = self._spectra(ops.reshape(x, (-1, time, 1)))
        windows, size = made.shape[1:]
        made = ops.reshape(made, (-1, channels, windows, size))
        if self.expand_dims:
            last = self._channels == 2
            return ops.transpose(made, (0, 2, 3, 1)) if last else made
        if self._channels == 2:
            made = ops.transpose(made, (0, 2, 1, 3))
            return ops.reshape(made, (-1, windows, channels * size))
        made = ops.transpose(made, (0, 1, 3, 2))
        return ops.reshape(made, (-1, channels * size, windows))

    def _spectra(self, x: Any) -> Any:
        """Returns what the mode asks for, `(signals, windows, frequencies)`."""

        def waves(kernel: Any) -> Any:
            return ops.conv(x, kernel, self._step, self.padding, "channels_last")

        if self.mode == "real":
            return waves(self.real_kernel)
        if self.mode == "imag":
            return waves(self.imag_kernel)
        real, imaginary = waves(self.real_kernel), waves(self.imag_kernel)
        if self.mode == "stft":
            return ops.concatenate([real, imaginary], axis=-1)
        power = ops.square(real) + ops.square(imaginary)
        if self.mode == "angle":  # 0 in silence, where it has no derivative
            return ops.arctan2(imaginary, ops.where(power > 0, real, 1.0))
        if self.mode == "psd":
            sides = np.full(power.shape[-1], 2.0)
            sides[[0, -1]] = 1.0
            return power * ops.convert_to_tensor(sides, power.dtype)
        # Above 0, where the root has a derivative.
        power = ops.maximum(power, epsilon())
        return 0.5 * ops.log(power) if self.mode == "log" else ops.sqrt(power)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the outputs."""
        batch, channels = input_shape[0], input_shape[self._channels]
        time = input_shape[3 - self._channels]
        size = (self._size // 2 + 1) * (2 if self.mode == "stft" else 1)
        windows = None
        if time is not None:
            covered = time if self.padding == "same" else time - self.frame_length + 1
            windows = -(-covered // self._step)
        if self.expand_dims:
            last = self._channels == 2
            ends = (windows, size, channels) if last else (channels, windows, size)
            return (batch, *ends)
        flat = None if channels is None else channels * size
        return (batch, windows, flat) if self._channels == 2 else (batch, flat, windows)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        names = (
            "mode frame_length frame_step fft_length window periodic scaling padding "
            "data_format expand_dims"
        )
        own = {name: getattr(self, name) for name in names.split()}
        return {**super().get_config(), **own}


def _count(name: str, value: Any) -> int:
    return check_count(value, name, "STFTSpectrogram")


def _as_list(window: Any) -> Any:
    return None if window is None else np.asarray(window, "float64").tolist()


def _window(window: Any, length: int, periodic: bool) -> Array:
    """Returns the window as an array."""
    if window is None:
        return np.ones(length)
    if isinstance(window, str):
        if window not in WINDOWS:
            raise ArgumentError(
                "`window` of `STFTSpectrogram` must be 'hann', 'hamming', an array or "
                f"None. Received: window={window!r}"
            )
        mean, swing = WINDOWS[window]
        period = length if periodic else max(length - 1, 1)
        return mean - swing * np.cos(2 * np.pi * np.arange(length) / period)
    found = np.asarray(window)
    if found.shape != (length,):
        raise ArgumentError(
            f"`window` of `STFTSpectrogram` must have the shape ({length},). "
            f"Received: shape={found.shape}"
        )
    return found
