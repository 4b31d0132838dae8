"""SpectralNormalization: keeps the largest singular value of a layer's kernel at 1."""

from typing import Any

from kerasish import initializers, ops
from kerasish.autodiff import autocast_scope
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import Layer, Wrapper

__all__ = ["SpectralNormalization"]


class SpectralNormalization(Wrapper):
    """Divides a layer's kernel by its largest singular value at each training step.

    The kernel is seen as a matrix of as many columns as its last axis. Its largest
    singular value is estimated by the power method, from a vector that is kept from
    step to step. The divided kernel is assigned, and gradients are taken at it. Nothing
    changes in inference.

    Args:
        layer: A layer with a `kernel`, or with `embeddings`.
        power_iterations: Steps of the power method at each training step.
        **kwargs: Arguments of `Layer`.

    Raises:
        ArgumentError: If `power_iterations` is no positive integer.

    Example:
        >>> from kerasish.layers import Dense
        >>> layer = SpectralNormalization(Dense(3), power_iterations=50)
        >>> y = layer(np.ones((2, 4)), training=True)
        >>> round(float(np.linalg.norm(layer.layer.kernel.numpy(), 2)), 3)
        1.0

    Reference:
        Miyato et al., 2018, "Spectral normalization for generative adversarial
        networks", arXiv:1802.05957, algorithm 1.
    """

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        whole = hasattr(power_iterations, "__index__")
        if not whole or isinstance(power_iterations, bool) or power_iterations < 1:
            raise ArgumentError(
                "`power_iterations` of `SpectralNormalization` must be a positive "
                f"integer. Received: power_iterations={power_iterations!r}"
            )
        self.power_iterations = int(power_iterations)

    def build(self, input_shape: Any = None) -> None:
        """Builds the layer inside, and makes the vector of the power method.

        Raises:
            ArgumentError: If the layer has no kernel.
        """
        super().build(input_shape)
        names = [n for n in ("kernel", "embeddings") if hasattr(self.layer, n)]
        if not names:
            raise ArgumentError(
                f"The layer in `SpectralNormalization` must have a `kernel` or "
                f"`embeddings`. Received: a {type(self.layer).__name__} without"
            )
        self.kernel = getattr(self.layer, names[0])
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]),
            initializers.TruncatedNormal(stddev=0.02),
            dtype=self.kernel.dtype,
            trainable=False,
            autocast=False,
            name="vector_u",
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the outputs of the layer inside."""
        if training:
            vector_u, kernel = self.normalized_weights()
            self.vector_u.assign(vector_u)
            self.kernel.assign(kernel)
        return self.layer(inputs)

    def normalized_weights(self) -> tuple[Any, Any]:
        """Returns the vector that the power method ends with, and the divided kernel.

        A kernel or a vector of zeros stays as it is.
        """
        with autocast_scope(None):
            kernel, u = self.kernel.value, self.vector_u.value
        dtypes = u.dtype, kernel.dtype
        wide = "float32" if kernel.dtype in ("float16", "bfloat16") else kernel.dtype
        kernel, u = ops.stop_gradient(kernel), ops.stop_gradient(u)
        kernel, start = ops.cast(kernel, wide), ops.cast(u, wide)
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        turned = ops.transpose(matrix)
        u = start
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, turned), axis=None, order=2, epsilon=1e-12)
            u = ops.normalize(ops.matmul(v, matrix), axis=None, order=2, epsilon=1e-12)
        sigma = ops.sum(ops.multiply(ops.matmul(v, matrix), u))
        some = ops.greater(sigma, 0)
        kernel = ops.divide(kernel, ops.where(some, sigma, ops.ones_like(sigma)))
        u = ops.where(some, u, start)
        return ops.cast(u, dtypes[0]), ops.cast(kernel, dtypes[1])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the outputs of the layer inside."""
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        """Infers the symbolic outputs."""
        return self.layer.compute_output_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, the layer inside among them."""
        return {**super().get_config(), "power_iterations": self.power_iterations}
