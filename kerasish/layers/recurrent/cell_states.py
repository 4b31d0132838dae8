"""The states of cells: how many there are, of which shapes, and how they are shown."""

from typing import Any

from kerasish import ops
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer

__all__ = [
    "build_cell",
    "checked_states",
    "first_states",
    "output_shape",
    "shown_states",
    "state_shapes",
]


def _sizes(cell: Any) -> list[Any]:
    sizes = cell.state_size
    return list(sizes) if isinstance(sizes, list | tuple) else [sizes]


def first_states(cell: Any, batch_size: int) -> list[Any]:
    """Returns the states that a cell starts with: its own choice, or zeros.

    Args:
        cell: A cell.
        batch_size: How many rows.

    Example:
        >>> [x.shape for x in first_states(keras.layers.LSTMCell(3), 2)]
        [(2, 3), (2, 3)]
    """
    if hasattr(cell, "get_initial_state"):
        states = cell.get_initial_state(batch_size=batch_size)
        return list(states) if isinstance(states, list | tuple) else [states]
    dtype = getattr(cell, "compute_dtype", None)
    rows = [n if isinstance(n, list | tuple) else (n,) for n in _sizes(cell)]
    return [ops.zeros((batch_size, *rest), dtype) for rest in rows]


def state_shapes(cell: Any, batch_size: int | None) -> list[Any]:
    """Returns the shapes of a cell's states, structured as these.

    Args:
        cell: A cell.
        batch_size: How many rows; None if unknown.

    Example:
        >>> state_shapes(keras.layers.GRUCell(3), None)
        [(None, 3)]
    """
    return tree.map_structure(  # type: ignore[no-any-return]
        lambda x: (batch_size, *x.shape[1:]), first_states(cell, 1)
    )


def output_shape(cell: Any, shapes: list[Any]) -> tuple[int | None, ...]:
    """Returns the shape of a cell's output without the batch.

    Args:
        cell: A cell; without `output_size` the output is like the first state.
        shapes: The shapes of its states.

    Example:
        >>> output_shape(keras.layers.GRUCell(3), [(None, 3)])
        (3,)
    """
    size = getattr(cell, "output_size", None)
    if size is None:
        first = shapes[0]
        while isinstance(first, list):
            first = first[0]
        return tuple(first[1:])
    return tuple(size) if isinstance(size, list | tuple) else (size,)


def shown_states(cell: Any, states: list[Any]) -> list[Any]:
    """Returns states, or their shapes, as users see them.

    Args:
        cell: A cell. Where `state_size` has one integer for a cell of a stack, its
            state stands alone, in no list.
        states: Its states.
    """
    found = []
    for size, state in zip(_sizes(cell), states, strict=False):
        alone = isinstance(state, list) and not isinstance(size, list | tuple)
        found.append(state[0] if alone else state)
    return found + list(states[len(found) :])


def checked_states(
    layer: Any, given: Any, batch_size: int | None, shapes_only: bool = False
) -> Any:
    """Returns first states that a user gave, structured as those of the cell.

    Args:
        layer: The recurrent layer, for its cell and for messages.
        given: A tensor, or a structure of tensors.
        batch_size: How many rows; None if unknown.
        shapes_only: Whether `given` are shapes.

    Raises:
        ArgumentError: If their number is wrong.
        ShapeError: If a shape is wrong.
    """
    wanted = state_shapes(layer.cell, batch_size)
    expected = _shapes(wanted)
    found = _shapes(given) if shapes_only else tree.flatten(given)
    where = f"`initial_state` of {type(layer).__name__} {layer.name!r}"
    if len(found) != len(expected):
        raise ArgumentError(
            f"{where} must hold {len(expected)} tensors, of shapes {expected}. "
            f"Received: {len(found)}"
        )
    shapes = found if shapes_only else [tuple(x.shape) for x in found]
    for want, have in zip(expected, shapes, strict=True):
        same = len(want) == len(have) and all(
            a is None or b is None or a == b for a, b in zip(want, have, strict=True)
        )
        if not same:
            raise ShapeError(
                f"{where} must hold tensors of shapes {expected}. Received: {shapes}"
            )
    rest = iter(found)
    return tree.map_shape_structure(lambda _: next(rest), wanted)


def _shapes(structure: Any) -> list[Any]:
    found: list[Any] = []
    tree.map_shape_structure(lambda shape: found.append(tuple(shape)), structure)
    return found


def build_cell(cell: Any, shape: Any) -> tuple[int | None, ...]:
    """Builds a cell, if it is a layer, and returns the shape of its output.

    Args:
        cell: A cell.
        shape: The shape of the inputs of one step.
    """
    states = state_shapes(cell, shape[0]) if _knows_states(cell) else None
    if isinstance(cell, Layer) and not cell.built:
        if type(cell).build is Layer.build:
            cell.build(shape, states)
        else:
            cell.build(shape)
        cell.built = True
    if states is None:
        states = state_shapes(cell, shape[0])
    return (shape[0], *output_shape(cell, states))


def _knows_states(cell: Any) -> bool:
    # Those of a convolution follow from its inputs, which it sees when it is built.
    return all(n != -1 for n in tree.flatten(cell.state_size))
