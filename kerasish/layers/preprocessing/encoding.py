"""Integers made vectors: one vector for each, or one that marks or counts several."""

import math
from typing import Any

from kerasish import ops
from kerasish.core.errors import ArgumentError

__all__ = ["check_dense", "check_output_mode", "encode", "encoded_shape"]


def encode(
    ids: Any, output_mode: str, depth: int, dtype: str, weights: Any = None
) -> Any:
    """Encodes integers; those outside `range(depth)` leave no mark.

    Args:
        ids: Integer tensor.
        output_mode: "one_hot", "multi_hot" or "count".
        depth: Length of a vector.
        dtype: Dtype of the result.
        weights: Tensor of the shape of `ids`: what each counts, 1 by default.

    Returns:
        Tensor of the shape that `encoded_shape` tells.

    Example:
        >>> encode(np.array([[0, 2, 2]]), "count", 4, "float32").tolist()
        [[1.0, 0.0, 2.0, 0.0]]
    """
    ids = ops.convert_to_tensor(ids)
    shape = encoded_shape(ids.shape, output_mode, depth)
    if output_mode == "one_hot":
        return ops.one_hot(ops.reshape(ids, shape[:-1]), depth, dtype=dtype)
    size = ids.shape[-1] if ids.shape else 1
    rows = math.prod(ids.shape[:-1])
    ids = ops.reshape(ops.cast(ids, "int64"), (rows, size))
    known = ops.logical_and(ids >= 0, ids < depth)
    starts: Any = ops.reshape(ops.arange(rows, dtype="int64"), (rows, 1))
    places = starts * depth + ops.where(known, ids, 0)
    each: Any = ops.cast(known, "float32")
    if weights is not None:
        weights = ops.reshape(ops.cast(weights, dtype), (rows, size))
        each = ops.where(known, weights, 0)
    flat = (rows * size,)
    counts = ops.segment_sum(
        ops.reshape(each, flat), ops.reshape(places, flat), num_segments=rows * depth
    )
    if output_mode == "multi_hot":
        counts = counts > 0
    return ops.reshape(ops.cast(counts, dtype), shape)


def encoded_shape(
    sizes: Any, output_mode: str, depth: int | None
) -> tuple[int | None, ...]:
    """Returns the shape of what `encode` returns.

    As in Keras, a last axis of length 1 is taken for the encoding by "one_hot", and a
    single integer is a batch of one.

    Args:
        sizes: Shape of the integers.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        depth: Length of a vector.

    Example:
        >>> encoded_shape((2, 3), "one_hot", 5), encoded_shape((2, 3), "count", 5)
        ((2, 3, 5), (2, 5))
    """
    shape: tuple[int | None, ...] = tuple(sizes)
    if output_mode == "int":
        return shape
    if output_mode != "one_hot":
        return (*shape[:-1], depth)
    if not shape:
        return (1, depth)
    kept = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    return (*kept, depth)


def check_output_mode(kind: str, output_mode: Any, allowed: tuple[str, ...]) -> str:
    """Returns a checked `output_mode`.

    Args:
        kind: Class of the layer.
        output_mode: What was given.
        allowed: What is right.

    Raises:
        ArgumentError: If it is none of these.

    Example:
        >>> check_output_mode("Hashing", "int", ("int", "one_hot"))
        'int'
    """
    if output_mode not in allowed:
        raise ArgumentError(
            f"Unknown value for `output_mode` argument of `{kind}`. Allowed values "
            f"are: {allowed}. Received: output_mode={output_mode!r}"
        )
    return str(output_mode)


def check_dense(kind: str, sparse: Any, output_mode: str) -> None:
    """Refuses sparse outputs.

    Args:
        kind: Class of the layer.
        sparse: What was given.
        output_mode: The layer's.

    Raises:
        ArgumentError: If `sparse` is true.

    Example:
        >>> check_dense("Hashing", False, "int")
    """
    if sparse and output_mode == "int":
        raise ArgumentError(
            f"`sparse` of `{kind}` may only be true if `output_mode` is 'one_hot', "
            f"'multi_hot', 'count' or 'tf_idf'. Received: sparse={sparse!r} and "
            f"output_mode={output_mode}"
        )
    if sparse:
        raise ArgumentError(
            f"`sparse` of `{kind}` must be False: there are no sparse tensors. "
            f"Received: sparse={sparse!r}"
        )
