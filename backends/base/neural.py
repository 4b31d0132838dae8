"""Kernels of activations and softmax."""

from kerasish.backends.base.array import Array, ArrayKernels, in_float32
from kerasish.backends.base.beam_search import prefix_beam_search

__all__ = ["NeuralKernels"]


class NeuralKernels(ArrayKernels):
    """What networks compute at every layer."""

    def relu(self, x: Array) -> Array:
        """Returns `max(x, 0)`."""
        return self.xp.maximum(x, self.xp.zeros((), dtype=x.dtype))

    @in_float32
    def sigmoid(self, x: Array) -> Array:
        """Returns `1 / (1 + exp(-x))`; where the exponential overflows it is 0."""
        return self.xp.reciprocal(1.0 + self.xp.exp(-x))

    def softplus(self, x: Array) -> Array:
        """Returns `log(1 + exp(x))`, without overflow."""
        return self.xp.logaddexp(x, self.xp.zeros((), dtype=x.dtype))

    def softmax(self, x: Array, axis: tuple[int, ...]) -> Array:
        """Returns exponentials that sum to 1 over axes."""
        xp = self.xp
        e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
        return e / xp.sum(e, axis=axis, keepdims=True, dtype=x.dtype)

    def log_softmax(self, x: Array, axis: tuple[int, ...]) -> Array:
        """Returns the logarithm of the softmax over axes."""
        xp = self.xp
        away = x - xp.max(x, axis=axis, keepdims=True)
        total = xp.sum(xp.exp(away), axis=axis, keepdims=True, dtype=x.dtype)
        return away - xp.log(total)

    def ctc_beam_search(
        self, logs: Array, lengths: Array, width: int, paths: int, blank: int
    ) -> tuple[Array, Array]:
        """Returns the most probable labels `(paths, batch, frames)`, and how probable.

        The search goes from decision to decision and runs on the host.

        Args:
            logs: Logarithms of probabilities `(batch, frames, classes)`.
            lengths: How many frames count, for each row.
            width: How many beginnings are kept.
            paths: How many results are returned.
            blank: The class that is no label.
        """
        host = self.to_numpy(self.cast(logs, "float64"))
        labels, scores = prefix_beam_search(
            host, self.to_numpy(lengths), width, paths, blank
        )
        made = self.from_numpy(scores)
        return self.from_numpy(labels), self.cast(made, self.dtype_name(logs))
