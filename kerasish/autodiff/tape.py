"""GradientTape: notes what is computed, then differentiates it backwards.

A tape keeps a list of the primitives that were called on tensors it watches. Going
through the list from its end, each gets the gradient of its output and adds, through
its derivative, to the gradients of its inputs. The derivatives are operations too, so
an outer tape, or the same persistent one, can differentiate them again.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple

from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.mode import mode
from kerasish.autodiff.primitive import add_gradients, defvjp, primitive
from kerasish.autodiff.symbolic import TensorSpec, is_keras_tensor
from kerasish.autodiff.tensor import Tensor
from kerasish.autodiff.variable import Variable
from kerasish.backends import current as current_backend
from kerasish.core import tree
from kerasish.core.dtypes import is_complex_dtype, is_float_dtype, standardize_dtype
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    GradientError,
    KerasishWarning,
    StateError,
)

__all__ = ["GradientTape", "Record"]


class Record(NamedTuple):
    """One call of a primitive."""

    rule: Any
    inputs: tuple[Any, ...]
    static: dict[str, Any]
    outputs: tuple[Any, ...]


class GradientTape:
    """Records operations and computes gradients of their results.

    Trainable variables are watched as they are read; other tensors by `watch`.

    Args:
        persistent: Whether `gradient` may be called more than once.
        watch_accessed_variables: Whether trainable variables are watched by
            themselves.

    Example:
        >>> from kerasish import ops
        >>> x = ops.convert_to_tensor(3.0)
        >>> with GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> float(tape.gradient(y, x))
        6.0
    """

    def __init__(
        self, persistent: bool = False, watch_accessed_variables: bool = True
    ) -> None:
        self.persistent = persistent
        self._watches_variables = watch_accessed_variables
        self._recording = False
        self._used = False
        self.reset()

    def reset(self) -> None:
        """Forgets everything recorded so far."""
        self._records: list[Record] = []
        self._tracked: dict[int, Any] = {}
        self._variables: dict[int, tuple[Variable, dict[int, Any]]] = {}

    def __enter__(self) -> "GradientTape":
        if self._recording:
            raise StateError("This `GradientTape` is recording already.")
        self._recording = True
        self._mode = mode(tapes=(*current_mode().tapes, self))
        self._mode.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._recording = False
        self._mode.__exit__(*error)

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Records nothing inside a `with` block."""
        if not self._recording:
            raise StateError("`stop_recording` needs a `GradientTape` that records.")
        self._recording = False
        try:
            yield
        finally:
            self._recording = True

    def watch(self, tensor: Any) -> None:
        """Watches tensors or variables.

        Args:
            tensor: A tensor or variable, or a structure of them, of a float dtype.

        Raises:
            ArgumentTypeError: If it is no tensor.
        """
        for x in tree.flatten(tensor):
            if not isinstance(x, Tensor | Variable) or is_keras_tensor(x):
                raise ArgumentTypeError(
                    "`GradientTape.watch` needs tensors or variables. "
                    f"Received: {x!r} of type {type(x).__name__}"
                )
            if not is_float_dtype(x.dtype):
                warnings.warn(
                    f"A tensor of dtype {x.dtype} has no gradient and is not watched.",
                    KerasishWarning,
                    stacklevel=2,
                )
            elif isinstance(x, Variable):
                self._variables.setdefault(id(x), (x, {}))
            else:
                self._tracked[id(x)] = x

    def watched_variables(self) -> tuple[Variable, ...]:
        """Returns the variables that were watched, in the order they were read."""
        return tuple(variable for variable, _ in self._variables.values())

    def record(
        self,
        rule: Any,
        inputs: tuple[Any, ...],
        static: dict[str, Any],
        outputs: tuple[Any, ...],
    ) -> None:
        """Notes one call of a primitive if it depends on something watched."""
        tracked = self._tracked
        if not self._recording:
            return
        for x in inputs:
            if id(x) in tracked:
                break
        else:
            return
        self._records.append(Record(rule, inputs, static, outputs))
        for y in outputs:
            if _has_gradient(y._array.dtype):
                tracked[id(y)] = y

    def read(self, variable: Variable, value: Any) -> None:
        """Notes that a variable was read."""
        if not self._recording:
            return
        held = self._variables.get(id(variable))
        if held is None:
            if not (self._watches_variables and variable.trainable):
                return
            held = self._variables[id(variable)] = (variable, {})
        held[1][id(value)] = value
        self._tracked[id(value)] = value

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """Returns the gradient of a target, or of the sum of several, at sources.

        Args:
            target: A tensor or a structure of tensors.
            sources: A tensor or variable, or a structure of them.
            output_gradients: The gradient to start from for each target, default 1.
            unconnected_gradients: What stands for a source that the target does not
                depend on: "none" (None) or "zero".

        Returns:
            A structure like `sources` of tensors of the sources' shapes and dtypes.

        Raises:
            StateError: If the tape is not persistent and was used before.
            GradientError: If an operation on the way has no derivative.

        Example:
            >>> v = Variable(2.0)
            >>> with GradientTape() as tape:
            ...     y = v * v * v
            >>> float(tape.gradient(y, v))
            12.0
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ArgumentError(
                "`unconnected_gradients` must be 'none' or 'zero'. "
                f"Received: {unconnected_gradients!r}"
            )
        seeds = self._seeds(target, output_gradients)
        leaves = tree.flatten(sources)
        with self._use():
            self._check_sources(leaves, unconnected_gradients)
            found = self._backward(seeds, leaves, last=not self.persistent)
        if unconnected_gradients == "zero":
            found = [
                _filled(x.shape, x.dtype, 0) if g is None else g
                for g, x in zip(found, leaves, strict=True)
            ]
        return tree.pack_sequence_as(sources, found)

    def jacobian(
        self, target: Any, sources: Any, unconnected_gradients: str = "none"
    ) -> Any:
        """Returns the derivative of every element of a target at sources.

        Args:
            target: A tensor.
            sources: A tensor or variable, or a structure of them.
            unconnected_gradients: As for `gradient`.

        Returns:
            A structure like `sources` of tensors of shape `target.shape +
            source.shape`.

        Example:
            >>> v = Variable([1.0, 2.0])
            >>> with GradientTape() as tape:
            ...     y = v * v
            >>> tape.jacobian(y, v).tolist()
            [[2.0, 0.0], [0.0, 4.0]]
        """
        target = target.value if isinstance(target, Variable) else target
        leaves = tree.flatten(sources)
        rows = []
        with self._use():
            self._check_sources(leaves, unconnected_gradients)
            for index in product(*(range(n) for n in target.shape)):
                seed = _one_at(target.shape, target.dtype, index)
                rows.append(self._backward([(target, seed)], leaves))
        made: list[Any] = []
        for i, x in enumerate(leaves):
            column = [row[i] for row in rows]
            if all(g is None for g in column) and unconnected_gradients == "none":
                made.append(None)
                continue
            zero = _filled(x.shape, x.dtype, 0)
            stacked = as_tensor([zero if g is None else g for g in column])
            shape = (*target.shape, *x.shape)
            made.append(_reshaped(stacked, shape=tuple(shape)))
        return tree.pack_sequence_as(sources, made)

    def _check_sources(self, sources: list[Any], unconnected: str) -> None:
        """Refuses what is no tensor, and warns of tensors that nobody watched.

        A variable that was not read, or is not trained, has no gradient either, but
        a list of all weights of a model often holds some: None says enough there.
        """
        for x in sources:
            if isinstance(x, Variable) or x is None:
                continue
            if not isinstance(x, Tensor) or is_keras_tensor(x):
                raise ArgumentTypeError(
                    "`sources` of `GradientTape` must be tensors or variables that the "
                    f"tape has seen. Received: {x!r} of type {type(x).__name__}"
                )
            if id(x) in self._tracked or unconnected == "zero":
                continue
            reason = (
                "it was not watched: call `tape.watch` before computing with it"
                if _has_gradient(x.dtype)
                else f"tensors of dtype {x.dtype} have none"
            )
            warnings.warn(
                f"There is no gradient at a tensor of shape {x.shape}: {reason}.",
                KerasishWarning,
                stacklevel=3,
            )

    @contextmanager
    def _use(self) -> Iterator[None]:
        if self._used and not self.persistent:
            raise StateError(
                "A `GradientTape` can be used once to compute gradients. Make it with "
                "`persistent=True` to use it again."
            )
        self._used = True
        recording, self._recording = (
            self._recording,
            self._recording and (self.persistent),
        )
        try:
            yield
        finally:
            self._recording = recording
            if not self.persistent:
                watched: dict[int, Any] = {
                    key: (v, {}) for key, (v, _) in self._variables.items()
                }
                self.reset()
                self._variables.update(watched)  # without their values

    def _seeds(self, target: Any, gradients: Any) -> list[tuple[Any, Any]]:
        targets = [
            x.value if isinstance(x, Variable) else x for x in tree.flatten(target)
        ]
        given = [None] * len(targets) if gradients is None else tree.flatten(gradients)
        if len(targets) == 1 and len(given) != 1:
            given = [gradients]  # nested numbers for the one target
        if len(given) != len(targets):
            raise GradientError(
                f"`output_gradients` must have an entry for each of {len(targets)} "
                f"targets. Received: {len(given)}"
            )
        seeds = []
        for x, g in zip(targets, given, strict=True):
            if not isinstance(x, Tensor) or is_keras_tensor(x):
                raise ArgumentTypeError(
                    "`target` of `GradientTape.gradient` must be tensors. "
                    f"Received: {x!r} of type {type(x).__name__}"
                )
            if not _has_gradient(x.dtype):
                warnings.warn(
                    f"A target of dtype {x.dtype} has no gradient.",
                    KerasishWarning,
                    stacklevel=4,
                )
                continue
            g = _filled(x.shape, x.dtype, 1) if g is None else as_tensor(g, x.dtype)
            if g.shape != x.shape:
                raise GradientError(
                    f"`output_gradients` must have the target's shape {x.shape}. "
                    f"Received: {g.shape}"
                )
            seeds.append((x, g))
        return seeds

    def _backward(
        self, seeds: list[tuple[Any, Any]], sources: list[Any], last: bool = False
    ) -> list[Any]:
        """Returns the gradients; the last time, values go as soon as they may."""
        grads: dict[int, Any] = {}
        for target, g in seeds:
            if id(target) in self._tracked:
                _add(grads, target, g)
        wanted = {id(x) for x in sources}
        for variable, values in self._variables.values():
            if id(variable) in wanted:
                wanted.update(values)
        recorder = current_mode().recorder
        records = self._records if last else list(self._records)
        while records:
            record = records.pop()
            if recorder is None:
                self._step(record, grads, wanted)
            else:
                with recorder.part_of(record.outputs):
                    self._step(record, grads, wanted)
            if last:
                for y in record.outputs:
                    if id(y) not in wanted:
                        self._tracked.pop(id(y), None)
        return [self._gradient_of(x, grads) for x in sources]

    def _step(self, record: Record, grads: dict[int, Any], wanted: set[int]) -> None:
        rule, inputs, static, outputs = record
        found = [grads.get(id(y)) for y in outputs]
        if all(g is None for g in found):
            return
        for y in outputs:
            if id(y) not in wanted:
                grads.pop(id(y), None)
        if len(outputs) == 1:
            g, y = found[0], outputs[0]
        else:
            g = tuple(
                _filled(y.shape, y.dtype, 0) if g is None else g
                for g, y in zip(found, outputs, strict=True)
            )
            y = outputs
        for i, x in enumerate(inputs):
            if id(x) in self._tracked:
                gx = rule.vjp(i, g, y, inputs, static)
                if gx is not None:
                    _add(grads, x, gx)

    def _gradient_of(self, source: Any, grads: dict[int, Any]) -> Any:
        if not isinstance(source, Variable):
            return grads.get(id(source))
        _, values = self._variables.get(id(source), (None, {}))
        total = None
        for key in values:
            g = grads.get(key)
            if g is not None:
                total = g if total is None else add_gradients(total, g)
        return total


def _add(grads: dict[int, Any], x: Any, g: Any) -> None:
    held = grads.get(id(x))
    grads[id(x)] = g if held is None else add_gradients(held, g)


def _has_gradient(dtype: Any) -> bool:
    known = _differentiable.get(dtype)
    if known is None:
        name = standardize_dtype(dtype)
        known = is_float_dtype(name) or is_complex_dtype(name)
        _differentiable[dtype] = known
    return known


_differentiable: dict[Any, bool] = {}


def _filled(shape: Any, dtype: str, value: float) -> Tensor:
    backend = current_backend()
    made = backend.xp.full(tuple(shape), value, dtype=backend.dtype(dtype))
    return Tensor(made)


def _one_at(shape: Any, dtype: str, index: tuple[int, ...]) -> Tensor:
    made = _filled(shape, dtype, 0)
    made._array[index] = 1  # nobody else has seen this array yet
    return made


@primitive(spec=lambda x, shape: TensorSpec(shape, x.dtype), static=("shape",))
def _reshaped(x: Any, shape: Any) -> Any:
    return current_backend().xp.reshape(x, shape)


defvjp(_reshaped, lambda g, y, x, shape: _reshaped(g, shape=x.shape))
