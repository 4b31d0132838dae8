"""Input: where data enters a functional model."""

from typing import Any

from kerasish.autodiff import KerasTensor, Node
from kerasish.core.dtypes import standardize_dtype
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import Layer

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """The layer behind `Input`.

    Args:
        shape: Shape of one sample, without the batch axis; None for unknown sizes.
        batch_size: Size of the batch axis, if fixed.
        dtype: Dtype name, the default float if None.
        sparse: Must not be True.
        ragged: Must not be True.
        batch_shape: Shape with the batch axis, instead of `shape` and `batch_size`.
        input_tensor: A symbolic tensor to use instead of a new one.
        optional: Whether the input may be None.
        name: A name, made up if None.
        **kwargs: `input_shape` and `batch_input_shape` of older versions.

    Raises:
        ArgumentError: If no shape is given, or two that do not agree.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: Any = None,
        ragged: Any = None,
        batch_shape: Any = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name)
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if kwargs:
            raise ArgumentError(f"Unrecognized keyword arguments: {sorted(kwargs)}")
        if sparse or ragged:
            raise ArgumentError("Inputs are dense here: `sparse` and `ragged` are not.")
        if input_tensor is not None:
            batch_shape, dtype = input_tensor.shape, input_tensor.dtype
        elif batch_shape is None:
            if shape is None:
                raise ArgumentError("You must pass a `shape` argument to `Input`.")
            batch_shape = (batch_size, *_sizes("shape", shape))
        elif shape is not None:
            raise ArgumentError(
                "You cannot pass both `shape` and `batch_shape` at the same time."
            )
        self.batch_shape = _sizes("batch_shape", batch_shape)
        self._input_dtype = standardize_dtype(dtype)
        self.sparse = False
        self.ragged = False
        self.optional = optional
        self.built = True
        tensor = input_tensor
        if tensor is None:
            tensor = KerasTensor(self.batch_shape, self._input_dtype, name=self.name)
        Node(self, (), {}, tensor)

    @property
    def dtype(self) -> str:
        """The dtype of the input."""
        return self._input_dtype

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: data does not pass through this layer."""
        raise NotImplementedError("`InputLayer` is not called.")

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
        }
        return {**config, "optional": True} if self.optional else config


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: Any = None,
    ragged: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> KerasTensor:
    """Makes the symbolic input of a functional model.

    Args:
        shape: Shape of one sample, without the batch axis; None for unknown sizes.
        batch_size: Size of the batch axis, if fixed.
        dtype: Dtype name, the default float if None.
        sparse: Must not be True.
        ragged: Must not be True.
        batch_shape: Shape with the batch axis, instead of `shape` and `batch_size`.
        name: A name, made up if None.
        tensor: A symbolic tensor to use instead of a new one.
        optional: Whether the input may be None.

    Returns:
        Symbolic tensor `(batch, *shape)`.

    Raises:
        ArgumentError: If no shape is given, or two that do not agree.

    Example:
        >>> Input((3,)).shape
        (None, 3)
    """
    layer = InputLayer(
        shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name
    )
    return layer.output  # type: ignore[no-any-return]


def _sizes(name: str, shape: Any) -> tuple[int | None, ...]:
    shape = (shape,) if isinstance(shape, int) else shape
    try:
        sizes = tuple(shape)
    except TypeError:
        sizes = ("?",)
    for n in sizes:
        if n is not None and (
            not hasattr(n, "__index__") or isinstance(n, bool) or n < 0
        ):
            raise ArgumentError(
                f"`{name}` of `Input` must be a tuple of sizes and None. "
                f"Received: {name}={shape!r}"
            )
    return tuple(n if n is None else int(n) for n in sizes)
