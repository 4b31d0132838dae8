"""Attention as cuDNN plans it: parts that lie length before heads, in half precision.

The way back adds up the gradient of the queries in no fixed order, as the kernel that
has one is slower.
"""

from functools import lru_cache, partial
from math import prod
from typing import Any, NamedTuple

from kerasish.backends.cuda.cudnn import MOST_WORKSPACE, Planned, here, kind_of

__all__ = [
    "BIAS",
    "GRADIENT",
    "GRADIENTS",
    "KEY",
    "QUERY",
    "RESULT",
    "SUMS",
    "VALUE",
    "Shape",
    "Shapes",
    "planned",
]

QUERY, KEY, VALUE, RESULT, SUMS, GRADIENT = range(1, 7)  # numbers of tensors
GRADIENTS = (7, 8, 9)  # of query, key and value
BIAS = 10
Shapes = tuple[tuple[int, ...], ...]


class Shape(NamedTuple):
    """Attention's sizes, hashable.

    Args:
        kind: "forward", "inference" (without sums) or "back".
        parts: Shapes of query, key and value, `(batch, length, heads, size)`, and of
            a bias with the axes of the scores, if there is one.
        causal: Whether a target sees only sources up to its own place.
        scale: Factor of the scores.
        dtype: Dtype name.
    """

    kind: str
    parts: Shapes
    causal: bool
    scale: float
    dtype: str


def planned(shape: Shape) -> Planned:
    """Returns how the library computes attention.

    Args:
        shape: Its sizes.

    Raises:
        Refused: If there is no library, or it has no kernel for it.
    """
    kind_of(shape.dtype)
    return _planned(shape, here())


@lru_cache(4096)
def _planned(shape: Shape, number: int) -> Planned:
    describe = partial(_describe_back if shape.kind == "back" else _describe, shape)
    # The gradient of the queries is added up in float32.
    most = max(MOST_WORKSPACE, 8 * sum(map(prod, shape.parts)))
    return Planned(describe, shape.dtype, exact=False, most=most)


class _Words:
    """The tensors of a graph, in the library's words.

    Args:
        shape: The sizes.
        graph: The library's graph.
    """

    def __init__(self, shape: Shape, graph: Any) -> None:
        self._graph, self._kind = graph, kind_of(shape.dtype)
        query, _, value, *bias = shape.parts
        result = (*query[:3], value[3])
        self._sizes = {
            **dict(zip((QUERY, KEY, VALUE), shape.parts[:3], strict=True)),
            **dict(zip(GRADIENTS, shape.parts[:3], strict=True)),
            RESULT: result,
            GRADIENT: result,
        }
        batch, targets, heads = query[:3]
        self._scores: dict[int, tuple[int, ...]] = {SUMS: (batch, heads, targets, 1)}
        self.rules: dict[str, Any] = {"attn_scale": shape.scale}
        if shape.causal:
            self.rules["use_causal_mask"] = True
        if bias:
            self._scores[BIAS] = bias[0]
            self.rules["bias"] = self.given(BIAS)

    def given(self, number: int) -> Any:
        """Returns a tensor that is read."""
        sizes, strides, kind = self._told(number)
        return self._graph.tensor(dim=sizes, stride=strides, data_type=kind, uid=number)

    def written(self, tensor: Any, number: int) -> None:
        """Says where a tensor is written."""
        sizes, strides, kind = self._told(number)
        tensor.set_output(True).set_data_type(kind)
        tensor.set_dim(sizes).set_stride(strides).set_uid(number)

    def _told(self, number: int) -> tuple[list[int], list[int], Any]:
        """Returns sizes `(batch, heads, length, size)`, their strides and the dtype."""
        if number in self._scores:
            batch, heads, length, size = self._scores[number]
            kind = kind_of("float32") if number == SUMS else self._kind
            head = length * size
            return [batch, heads, length, size], [heads * head, head, size, 1], kind
        batch, length, heads, size = self._sizes[number]
        row = heads * size
        strides = [length * row, size, row, 1]
        return [batch, heads, length, size], strides, self._kind


def _describe(shape: Shape, graph: Any) -> None:
    words = _Words(shape, graph)
    q, k, v = map(words.given, (QUERY, KEY, VALUE))
    summed = shape.kind == "forward"
    y, sums = graph.sdpa(q=q, k=k, v=v, generate_stats=summed, **words.rules)
    words.written(y, RESULT)
    if summed:
        words.written(sums, SUMS)


def _describe_back(shape: Shape, graph: Any) -> None:
    words = _Words(shape, graph)
    q, k, v, y, g, sums = map(words.given, (QUERY, KEY, VALUE, RESULT, GRADIENT, SUMS))
    made = graph.sdpa_backward(q=q, k=k, v=v, o=y, dO=g, stats=sums, **words.rules)
    for tensor, number in zip(made, GRADIENTS, strict=True):
        words.written(tensor, number)
