"""Branches and loops over tensors, written as Keras programs write them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from kerasish.autodiff import is_keras_tensor
from kerasish.autodiff.casting import as_tensor
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.ops import specs
from kerasish.ops.broadcasting import broadcast_to
from kerasish.ops.choices import choose_recorded, is_recorded_choice
from kerasish.ops.comparison import logical_not
from kerasish.ops.conversion import cast
from kerasish.ops.extremes import clip
from kerasish.ops.movement import concatenate, flip, split, stack, unstack
from kerasish.ops.selection import where

__all__ = [
    "associative_scan",
    "cond",
    "fori_loop",
    "map",
    "scan",
    "switch",
    "vectorize",
    "vectorized_map",
    "while_loop",
]


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any]) -> Any:
    """Calls one of two functions, by a condition.

    Args:
        pred: Boolean scalar. Where it is symbolic, or a step is being recorded, both
            functions are called and the condition chooses between their results.
        true_fn: Function without arguments.
        false_fn: Function without arguments that returns the same structure.

    Returns:
        What the function returned.

    Example:
        >>> cond(True, lambda: 1, lambda: 2)
        1
    """
    if is_keras_tensor(pred):
        return tree.map_structure(
            lambda a, b: None if a is None else where(pred, a, b), true_fn(), false_fn()
        )
    if is_recorded_choice(pred):
        return choose_recorded(cast(logical_not(pred), "int32"), [true_fn, false_fn])
    return true_fn() if bool(pred) else false_fn()


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """Calls one of several functions, by a number.

    Args:
        index: Integer scalar, moved into the range where it lies outside.
        branches: List of functions of the operands.
        *operands: What the function is called with.

    Returns:
        What the function returned.

    Raises:
        ArgumentError: If there are no functions.

    Example:
        >>> switch(1, [lambda x: x, lambda x: 2 * x], 5)
        10
    """
    if not branches:
        raise ArgumentError("`switch` needs at least one function in `branches`.")
    if is_recorded_choice(index):
        number = clip(cast(index, "int32"), 0, len(branches) - 1)
        calls = [partial(branch, *operands) for branch in branches]
        return choose_recorded(number, calls)
    if not is_keras_tensor(index):
        return branches[min(max(int(index), 0), len(branches) - 1)](*operands)
    results = [branch(*operands) for branch in branches]
    chosen = results[-1]
    for i in range(len(results) - 2, -1, -1):
        chosen = tree.map_structure(
            lambda a, b, i=i: where(index <= i, a, b), results[i], chosen
        )
    return chosen


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """Repeats a function as long as a condition holds.

    Args:
        cond: Function of the loop variables that returns a boolean scalar.
        body: Function of the loop variables that returns their new values.
        loop_vars: The first values: a tuple or list, or a single one.
        maximum_iterations: How often at most.

    Returns:
        The last values, structured as `loop_vars`.

    Raises:
        ArgumentTypeError: If a loop variable is symbolic.

    Example:
        >>> while_loop(lambda i: i < 10, lambda i: i * 3, 1)
        27
    """
    _refuse_symbolic("while_loop", loop_vars)
    several = isinstance(loop_vars, list | tuple)
    values = tuple(loop_vars) if several else (loop_vars,)
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and bool(
        cond(*values)
    ):
        made = body(*values)
        values = tuple(made) if isinstance(made, list | tuple) else (made,)
        count += 1
    if not several:
        return values[0]
    return list(values) if isinstance(loop_vars, list) else values


def _refuse_symbolic(name: str, structure: Any) -> None:
    for x in tree.flatten(structure):
        if is_keras_tensor(x):
            raise ArgumentTypeError(
                f"`{name}` depends on values that {x!r} does not have. Call it inside "
                "a layer's `call`."
            )


def fori_loop(
    lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any
) -> Any:
    """Repeats a function for the numbers of a range.

    Args:
        lower: First number.
        upper: The number after the last.
        body_fun: Function `(number, value)` that returns the new value.
        init_val: The first value.

    Returns:
        The last value.

    Example:
        >>> fori_loop(0, 4, lambda i, total: total + i, 0)
        6
    """
    _refuse_symbolic("fori_loop", (lower, upper))
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def map(f: Callable[..., Any], xs: Any) -> Any:
    """Calls a function on each slice along the first axis and stacks the results.

    Args:
        f: Function of a slice, or of a structure of slices.
        xs: Tensor, or a structure of tensors of one length.

    Returns:
        Structure of stacked results.

    Example:
        >>> map(lambda x: x * x, as_tensor([1, 2, 3])).tolist()
        [1, 4, 9]
    """
    rows = _rows("map", xs)
    return _stacked([f(row) for row in rows])


def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """Calls a function on each slice along the first axis and stacks the results.

    Args:
        function: Function of a slice, or of a structure of slices.
        elements: Tensor, or a structure of tensors of one length.

    Returns:
        Structure of stacked results.

    Example:
        >>> vectorized_map(lambda x: x.sum(), as_tensor([[1, 2], [3, 4]])).tolist()
        [3, 7]
    """
    rows = _rows("vectorized_map", elements)
    return _stacked([function(row) for row in rows])


def _rows(name: str, xs: Any, length: int | None = None) -> list[Any]:
    leaves = [as_tensor(x) for x in tree.flatten(xs) if x is not None]
    sizes = {x.shape[0] if x.shape else None for x in leaves}
    if length is not None:
        sizes.add(int(length))
    if len(sizes) != 1 or None in sizes:
        raise ArgumentError(
            f"`{name}` needs tensors whose first axes have one known size. "
            f"Received: {', '.join(str(tuple(x.shape)) for x in leaves)}"
            f"{'' if length is None else f', length={length}'}"
        )
    count = sizes.pop()
    columns = [unstack(x) for x in leaves]
    if not leaves:
        return [xs] * int(count or 0)
    rows = zip(*columns, strict=True)
    return [tree.pack_sequence_as(xs, list(row)) for row in rows]


def _stacked(results: list[Any]) -> Any:
    if not results:
        raise ArgumentError("There is nothing to stack: the first axis has size 0.")
    return tree.map_structure(
        lambda *parts: None if parts[0] is None else stack(parts), *results
    )


def scan(
    f: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: Any = 1,
) -> Any:
    """Goes along the first axis, carrying a state from slice to slice.

    Args:
        f: Function `(state, slice)` that returns `(new state, result)`.
        init: The first state.
        xs: Tensor, or a structure of tensors of one length; None for none.
        length: How many steps, where `xs` is None.
        reverse: Whether to go from the end.
        unroll: Accepted as Keras does.

    Returns:
        Tuple of the last state and the stacked results.

    Raises:
        ArgumentError: If the lengths do not agree, or none is given.

    Example:
        >>> last, sums = scan(lambda s, x: (s + x, s + x), 0, as_tensor([1, 2, 3]))
        >>> int(last), sums.tolist()
        (6, [1, 3, 6])
    """
    if not callable(f):
        raise ArgumentTypeError(f"`f` of `scan` must be callable. Received: f={f!r}")
    if xs is None and length is None:
        raise ArgumentError("`scan` needs `xs` or `length`.")
    if xs is None:
        rows: list[Any] = [None] * int(length or 0)
    else:
        rows = _rows("scan", xs, length)
    state, results = init, []
    for row in reversed(rows) if reverse else rows:
        state, made = f(state, row)
        results.append(made)
    if reverse:
        results.reverse()
    return state, _stacked(results) if results else None


def associative_scan(
    f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """Combines each slice with all before it, by an associative function.

    It takes about 2 log2(n) calls of `f` on many slices at once.

    Args:
        f: Associative function of two structures of slices.
        elems: Tensor, or a structure of tensors.
        reverse: Whether to combine with all after it.
        axis: The axis along which slices lie.

    Returns:
        Structure like `elems`.

    Raises:
        ArgumentError: If the axes differ in size.

    Example:
        >>> associative_scan(lambda a, b: a + b, as_tensor([1, 2, 3, 4])).tolist()
        [1, 3, 6, 10]
    """
    if not callable(f):
        raise ArgumentTypeError(
            f"`f` of `associative_scan` must be callable. Received: f={f!r}"
        )
    leaves = [as_tensor(x) for x in tree.flatten(elems)]
    axes = [specs.canonical_axis(axis, len(x.shape)) for x in leaves]
    sizes = {x.shape[a] for x, a in zip(leaves, axes, strict=True)}
    if len(sizes) != 1 or None in sizes:
        raise ArgumentError(
            "`associative_scan` needs tensors whose axes have one known size. "
            f"Received: {', '.join(str(tuple(x.shape)) for x in leaves)}"
        )
    place, size = axes[0], sizes.pop()

    def each(change: Callable[..., Any], *parts: Any) -> Any:
        return tree.map_structure(change, *parts)

    held = tree.pack_sequence_as(elems, leaves)
    held = each(lambda x: flip(x, place), held) if reverse else held
    step = 1
    while step < int(size or 0):  # Hillis and Steele's scan
        first = each(lambda x, n=step: split(x, [n], place)[0], held)
        later = each(lambda x, n=step: split(x, [n], place)[1], held)
        sooner = each(lambda x, n=step: split(x, [-n], place)[0], held)
        joined = f(sooner, later)
        held = each(lambda a, b: concatenate([a, b], axis=place), first, joined)
        step *= 2
    return each(lambda x: flip(x, place), held) if reverse else held


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None
) -> Callable[..., Any]:
    """Makes a function of single elements work on tensors, element by element.

    Args:
        pyfunc: Function of scalar tensors that returns a scalar tensor.
        excluded: Numbers of arguments that are passed as they are.
        signature: Must be None.

    Returns:
        Function of tensors that broadcast together.

    Raises:
        ArgumentError: If `signature` is given.

    Example:
        >>> vectorize(lambda a, b: a if a > b else b)([1, 5], 3).tolist()
        [3, 5]
    """
    if not callable(pyfunc):
        raise ArgumentTypeError(f"`pyfunc` must be callable. Received: {pyfunc!r}")
    if signature is not None:
        raise ArgumentError(
            f"`vectorize` takes no `signature` here. Received: {signature!r}"
        )
    kept = set(excluded or ())

    def call(*args: Any, **kwargs: Any) -> Any:
        varied = [i for i in range(len(args)) if i not in kept]
        tensors = [as_tensor(args[i]) for i in varied]
        shape = specs.broadcast_shapes(*(x.shape for x in tensors))
        flat = [broadcast_to(x, shape).reshape((-1,)) for x in tensors]

        def one(row: Any) -> Any:
            filled = list(args)
            for i, x in zip(varied, row, strict=True):
                filled[i] = x
            return pyfunc(*filled, **kwargs)

        made = map(one, tuple(flat))
        return tree.map_structure(lambda y: y.reshape((*shape, *y.shape[1:])), made)

    return call
