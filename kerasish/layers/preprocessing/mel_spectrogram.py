"""Sound as images of loudness by time and pitch."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from kerasish import ops
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.data import check_count
from kerasish.layers.base import Layer

__all__ = ["MelSpectrogram"]

Array = Any
_WINDOWS = ("hann", "hamming", None)


class MelSpectrogram(Layer):
    """Turns sound into spectra by time, in bands as wide as the ear hears them.

    Spectra of windows, `|stft|^mag_exp`, are summed up in triangular bands that lie
    evenly on the scale of mels, `1127 ln(1 + f / 700)`, and are given in decibels.

    Args:
        fft_length: Samples of a transform.
        sequence_stride: Samples from one window to the next.
        sequence_length: Samples of a window, by default `fft_length`.
        window: "hann", "hamming", an array `(sequence_length,)`, or None for ones.
        sampling_rate: Samples of a second.
        num_mel_bins: The number of bands.
        min_freq: Where the lowest band starts, in hertz.
        max_freq: Where the highest ends, by default half the sampling rate.
        power_to_db: Whether results are `10 log10(power / ref_power)`.
        top_db: What is further below the loudest place, of all that is given in one
            call, is raised to that.
        mag_exp: Exponent of magnitudes: 2 for power.
        min_power: The least power, and the least of `ref_power`.
        ref_power: The power of 0 decibels.
        **kwargs: Arguments of `Layer`.

    Input shape:
        `(..., samples)`, one axis or two.

    Output shape:
        `(..., num_mel_bins, windows)`.

    Raises:
        ArgumentError: If an argument is out of range.
        ArgumentTypeError: If a number is none.

    Example:
        >>> layer = MelSpectrogram(256, 128, num_mel_bins=20, sampling_rate=8000)
        >>> layer(np.ones((2, 8000), "float32")).shape
        (2, 20, 63)

    Reference:
        O'Shaughnessy, 1987, "Speech Communication: Human and Machine", p. 150.
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length = _count("fft_length", fft_length)
        self.sequence_stride = _count("sequence_stride", sequence_stride)
        length = fft_length if sequence_length is None else sequence_length
        self.sequence_length = _count("sequence_length", length)
        if self.sequence_length > self.fft_length:
            raise ArgumentError(
                "`fft_length` of `MelSpectrogram` must be at least `sequence_length`. "
                f"Received: fft_length={fft_length}, sequence_length={sequence_length}"
            )
        self.window = _window(window, self.sequence_length)
        self.sampling_rate = _count("sampling_rate", sampling_rate)
        self.num_mel_bins = _count("num_mel_bins", num_mel_bins)
        self.min_freq = _number("min_freq", min_freq, 0.0)
        half = int(sampling_rate / 2) if max_freq is None else max_freq
        self.max_freq = _number("max_freq", half, 0.0)
        if not self.min_freq < self.max_freq <= self.sampling_rate / 2:
            raise ArgumentError(
                "`MelSpectrogram` needs `min_freq` < `max_freq` <= `sampling_rate` / "
                f"2. Received: min_freq={min_freq}, max_freq={self.max_freq}, "
                f"sampling_rate={sampling_rate}"
            )
        self.power_to_db = bool(power_to_db)
        self.top_db = _number("top_db", top_db, 0.0)
        self.mag_exp = _number("mag_exp", mag_exp)
        self.min_power = _number("min_power", min_power, 0.0)
        self.ref_power = _number("ref_power", ref_power, 0.0)
        if max(self.min_power, self.ref_power) == 0.0:
            raise ArgumentError(
                "One of `min_power` and `ref_power` of `MelSpectrogram` must be above "
                "0: decibels are relative to the larger."
            )

    def build(self, input_shape: Any) -> None:
        """Makes no weights."""

    def call(self, inputs: Any) -> Any:
        """Computes the outputs."""
        dtype = "float64" if self.compute_dtype == "float64" else "float32"
        real, imaginary = ops.stft(
            ops.cast(inputs, dtype),
            self.sequence_length,
            self.sequence_stride,
            self.fft_length,
            self.window,
        )
        power = ops.square(real) + ops.square(imaginary)
        if self.mag_exp != 2.0:
            power = ops.power(power, self.mag_exp / 2.0)
        bands = self.linear_to_mel_weight_matrix(
            self.num_mel_bins,
            self.fft_length // 2 + 1,
            self.sampling_rate,
            self.min_freq,
            self.max_freq,
            dtype,
        )
        made = ops.swapaxes(ops.matmul(power, bands), -1, -2)
        if self.power_to_db:
            made = self._decibels(made)
        return ops.cast(made, self.compute_dtype)

    def _decibels(self, power: Any) -> Any:
        reference = 10.0 * math.log10(max(self.ref_power, self.min_power))
        made = 10.0 * ops.log10(ops.maximum(power, self.min_power)) - reference
        return ops.maximum(made, ops.max(made) - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins: int = 20,
        num_spectrogram_bins: int = 129,
        sampling_rate: int = 8000,
        lower_edge_hertz: float = 125.0,
        upper_edge_hertz: float = 3800.0,
        dtype: str = "float32",
    ) -> Any:
        """Returns how much each frequency counts in each band.

        Args:
            num_mel_bins: The number of bands.
            num_spectrogram_bins: The number of frequencies, evenly from 0 hertz to half
                the sampling rate; that at 0 counts nowhere.
            sampling_rate: Samples of a second.
            lower_edge_hertz: Where the lowest band starts.
            upper_edge_hertz: Where the highest ends.
            dtype: Dtype of the result.

        Returns:
            Tensor `(num_spectrogram_bins, num_mel_bins)`.

        Example:
            >>> MelSpectrogram().linear_to_mel_weight_matrix(4, 9).shape
            (9, 4)
        """
        weights = _bands(
            num_mel_bins,
            num_spectrogram_bins,
            sampling_rate,
            lower_edge_hertz,
            upper_edge_hertz,
        )
        return ops.convert_to_tensor(weights, dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the outputs."""
        *outer, samples = input_shape
        count = None
        if samples is not None:
            padded = samples + 2 * (self.fft_length // 2)
            count = 1 + (padded - self.fft_length) // self.sequence_stride
        return (*outer, self.num_mel_bins, count)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        names = (
            "fft_length sequence_stride sequence_length window sampling_rate "
            "num_mel_bins min_freq max_freq power_to_db top_db mag_exp min_power "
            "ref_power"
        )
        own = {name: getattr(self, name) for name in names.split()}
        return {**super().get_config(), **own}


@lru_cache(maxsize=16)
def _bands(count: int, frequencies: int, rate: int, low: float, high: float) -> Array:
    """Returns the weights of `linear_to_mel_weight_matrix`."""
    edges = np.linspace(_mel(low), _mel(high), count + 2)
    place = _mel(np.linspace(0.0, rate / 2, frequencies))[:, np.newaxis]
    rising = (place - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - place) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rising, falling))
    weights[0] = 0.0
    return weights


def _mel(hertz: Array) -> Array:
    return 1127.0 * np.log1p(hertz / 700.0)


def _count(name: str, value: Any) -> int:
    return check_count(value, name, "MelSpectrogram")


def _number(name: str, value: Any, above: float = -math.inf) -> Any:
    """Returns a number as it is; `above` is the least that it may be."""
    message = f"`{name}` of `MelSpectrogram` must be a finite number"
    message += "" if above == -math.inf else f" of at least {above:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ArgumentTypeError(f"{message}. Received: {name}={value!r}")
    if not (math.isfinite(value) and value >= above):
        raise ArgumentError(f"{message}. Received: {name}={value!r}")
    return value


def _window(window: Any, length: int) -> Any:
    """Returns a window as a config holds it."""
    if window is None or isinstance(window, str):
        if window not in _WINDOWS:
            raise ArgumentError(
                "`window` of `MelSpectrogram` must be 'hann', 'hamming', an array or "
                f"None. Received: window={window!r}"
            )
        return window
    found = np.asarray(window, "float64")
    if found.shape != (length,):
        raise ArgumentError(
            f"`window` of `MelSpectrogram` must have the shape ({length},). "
            f"Received: shape={found.shape}"
        )
    return found.tolist()
