"""HashedCrossing: combinations of categories put into bins by a hash."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.layers.preprocessing.encoding import (
    check_dense,
    check_output_mode,
    encode,
    encoded_shape,
)
from kerasish.layers.preprocessing.fingerprints import farm_hash, join_fingerprints
from kerasish.layers.preprocessing.hashing import check_num_bins, hashed_dtype
from kerasish.layers.preprocessing.host_layer import (
    HostLayer,
    as_host,
    decoded,
    is_text,
)

__all__ = ["HashedCrossing"]

Array = Any
# Where the chain of fingerprints begins, as in TensorFlow.
_START = 0xDECAFCAFFE


class HashedCrossing(HostLayer):
    """Puts combinations of two categories or more into bins by a hash.

    The bins are those of Keras: `hash(concatenate(features)) % num_bins`.

    Args:
        num_bins: Number of bins.
        output_mode: "int" for the bins, "one_hot" for a vector for each.
        sparse: Must be False.
        name: A name, made up if None.
        dtype: Dtype of the outputs, "int64" or the default float.
        **kwargs: Arguments of `Layer`.

    Input shape: A list or tuple of inputs of one shape, `()`, `(batch,)` or
        `(batch, 1)`, of strings or integers.

    Output shape: That of one input, or `(batch, num_bins)`.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> HashedCrossing(5)((["A", "B", "A"], [101, 101, 102])).tolist()
        [1, 4, 3]
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        check_output_mode("HashedCrossing", output_mode, ("int", "one_hot"))
        dtype = hashed_dtype("HashedCrossing", dtype, output_mode)
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.num_bins = check_num_bins("HashedCrossing", num_bins)
        check_dense("HashedCrossing", sparse, output_mode)
        self.sparse = False
        self.output_mode = output_mode

    def _converted(self, args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
        if not args and not kwargs:
            return super()._converted(args, kwargs)
        return tuple(map(_inputs, args)), {k: _inputs(x) for k, x in kwargs.items()}

    def call(self, inputs: Any) -> Any:
        """Returns the bins of combinations."""
        shapes = [tuple(x.shape) for x in inputs]
        _check_shapes(shapes)
        joined = np.full(inputs[0].size, _START, np.uint64)
        for x in inputs:
            joined = join_fingerprints(joined, _fingerprints(x))
        found = (joined % np.uint64(self.num_bins)).astype(np.int64)
        found = found.reshape(shapes[0])
        dtype = self.dtype_policy.compute_dtype
        if self.output_mode == "int":
            return ops.convert_to_tensor(found, dtype)
        return encode(found, "one_hot", self.num_bins, dtype)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Returns the shape of the outputs.

        Raises:
            ShapeError: If the inputs do not have one shape.
        """
        shapes = [tuple(shape) for shape in input_shape]
        _check_shapes(shapes)
        return encoded_shape(shapes[0], self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        shape = self.compute_output_shape([x.shape for x in inputs])
        return KerasTensor(shape, self.dtype_policy.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype_policy.name,
        }


def _inputs(given: Any) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise ArgumentError(
            "`HashedCrossing` should be called on a list or tuple of inputs. "
            f"Received: inputs={given!r:.80}"
        )
    if len(given) < 2:
        raise ArgumentError(
            "`HashedCrossing` should be called on at least two inputs. "
            f"Received: inputs={given!r:.80}"
        )
    return [as_host(x, "HashedCrossing") for x in given]


def _fingerprints(x: Array) -> Array:
    if is_text(x):
        items = decoded(x, "HashedCrossing")
        return farm_hash([text.encode("utf-8", "surrogatepass") for text in items])
    if x.dtype.kind not in "iub":
        raise ArgumentTypeError(
            "All `HashedCrossing` inputs should have an integer or string dtype. "
            f"Received: dtype {x.dtype}"
        )
    return x.ravel().astype(np.int64).view(np.uint64)


def _check_shapes(shapes: list[tuple[Any, ...]]) -> None:
    first = shapes[0]
    if any(shape != first for shape in shapes):
        raise ShapeError(
            f"All `HashedCrossing` inputs should have equal shape. Received: {shapes}"
        )
    if len(first) > 2 or len(first) == 2 and first[1] != 1:
        raise ShapeError(
            "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or "
            f"`(batch_size, 1)`. Received: {shapes}"
        )
