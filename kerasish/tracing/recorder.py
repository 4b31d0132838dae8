"""Recorder: notes the primitives that a function calls while it runs.

The function runs as ever, on real arrays, so the run that is recorded does its work
too. What the recorder sees of it, arrays known by their identity, becomes a graph.
Reading a value on the host, as a branch does, cannot be recorded: the recorder notes
where that was, and the run goes on.
"""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np

from kerasish import backends
from kerasish.autodiff import Tensor, TensorSpec
from kerasish.autodiff.mode import mode
from kerasish.core import tree
from kerasish.core.dtypes import standardize_dtype
from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["Recorder"]

# Where code lies that is not the user's.
LIBRARIES = tuple(
    f"{Path(path).resolve().parent}{os.sep}"
    for path in (Path(__file__).parent, backends.__file__, np.__file__)
)


class Recorder:
    """Records what happens inside its `with` block.

    Args:
        inputs: The tensors that are given anew at each run.

    `obstacle` tells in words why there is no graph, or is None; `latest_effect` is what
    the last primitive returned that does more than compute, or None.
    """

    def __init__(self, inputs: Any) -> None:
        self.obstacle: str | None = None
        self.latest_effect: Tensor | None = None
        self._nodes: list[Node] = []
        self._known: dict[int, Value] = {}
        # What was computed is forgotten when it is freed and another array may take
        # its identity; what comes from outside is kept.
        self._living: dict[int, ref[Any]] = {}
        self._kept: list[Any] = []
        self._current: dict[int, tuple[Any, Tensor]] = {}
        self._assigned: dict[int, tuple[Any, Any]] = {}
        self._deferred: dict[int, tuple[Any, int]] = {}
        self._parts: list[str] = []
        self._inputs = [self._input(x) for x in inputs]

    def __enter__(self) -> "Recorder":
        self._mode = mode(recorder=self)
        self._mode.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._mode.__exit__(*error)

    def graph(self, outputs: Any) -> Graph:
        """Returns what was recorded.

        Args:
            outputs: The tensors that the function returned.
        """
        return Graph(
            self._inputs,
            self._nodes,
            [self._find(x._array) for x in outputs],
            [(variable, self._find(a)) for variable, a in self._assigned.values()],
        )

    # ----------------------------------------------------- what autodiff tells

    def record(
        self,
        rule: Any,
        operands: Any,
        static: dict[str, Any],
        outputs: tuple[Tensor, ...],
        single: bool,
    ) -> None:
        """Notes one call of a primitive."""
        known = self._known
        inputs = [known.get(id(x._array)) or self._find(x._array) for x in operands]
        written = []
        for y in outputs:
            if id(y._array) in known:  # the kernel returned what it was given
                y._array = y._array[...]
            written.append(self._value(y._array, "node"))
        scope = self._parts[-1] if self._parts else ""
        self._nodes.append(Node(rule, inputs, static, written, single, scope))
        if any(x.kind != "constant" for x in inputs) and _is_open(self._nodes[-1]):
            self._stop(f"the shape of what `{rule.__name__}` returns depends on values")

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Names the part of the step that a block computes."""
        outer = self._parts[-1] if self._parts else ""
        self._parts.append(f"{outer}/{name}" if outer else name)
        try:
            yield
        finally:
            self._parts.pop()

    @contextmanager
    def part_of(self, tensors: tuple[Tensor, ...]) -> Iterator[None]:
        """Names a block after the part that computed tensors: it goes back there."""
        value = self._known.get(id(tensors[0]._array))
        node = value.producer if value is not None else None
        self._parts.append(node.scope if node is not None else "")
        try:
            yield
        finally:
            self._parts.pop()

    def read(self, variable: Any, value: Tensor) -> Tensor:
        """Returns the tensor that stands for a variable's value inside the block."""
        held = self._current.get(id(variable))
        if held is None:
            # A view has an identity of its own, where variables share an array.
            value = Tensor(value._array[...])
            self._value(value._array, "variable", variable)
            held = self._current[id(variable)] = (variable, value)
        return held[1]

    def assign(self, variable: Any, value: Tensor) -> None:
        """Notes that a variable takes a new value."""
        # Another tensor: no gradient flows back through an assignment.
        self._current[id(variable)] = (variable, Tensor(value._array))
        self._assigned[id(variable)] = (variable, value._array)

    def host_read(self, tensor: Tensor) -> None:
        """Notes that a value was read on the host."""
        value = self._known.get(id(tensor._array))
        live = value is not None and value.kind != "constant"
        if live or id(tensor._array) in self._deferred:
            self._stop("a tensor's value was needed")

    def _stop(self, reason: str) -> None:
        if self.obstacle is None:
            self.obstacle = f"{reason} {_user_line()}"

    def defer(self, read: Any) -> Any:
        """Returns what a function does, which replays call only when it is wanted.

        Args:
            read: A function without arguments that computes from variables.
        """
        with mode(recorder=None, tapes=()):
            made = tree.map_structure(_renewed, read())
        for i, x in enumerate(tree.flatten(made)):
            if isinstance(x, Tensor):
                self._kept.append(x)
                self._deferred[id(x._array)] = (read, i)
        return made

    def deferred(self, x: Any) -> tuple[Any, int] | None:
        """Returns the function that a tensor is deferred to, and which result it is."""
        return self._deferred.get(id(x._array)) if isinstance(x, Tensor) else None

    # ------------------------------------------------------------------- values

    def _input(self, x: Tensor) -> Value:
        if id(x._array) in self._known:  # two arguments are one array
            x._array = x._array[...]
        return self._value(x._array, "input")

    def _value(self, array: Any, kind: str, source: Any = None) -> Value:
        made = Value(tuple(array.shape), standardize_dtype(array.dtype), kind, source)
        key = id(array)
        self._known[key] = made
        # NumPy's scalars have no weak references, nor a size that matters.
        if kind == "node" and not isinstance(array, np.generic):
            self._living[key] = ref(array, partial(_forget, ref(self), key))
        else:
            self._kept.append(array)
        return made

    def forget(self, key: int) -> None:
        """Drops an array that was freed, by its identity."""
        del self._known[key], self._living[key]

    def _find(self, array: Any) -> Value:
        found = self._known.get(id(array))
        if found is None and id(array) in self._deferred:
            self._stop("a metric's result is used in the computation")
        return found or self._value(array, "constant", array)


def _forget(recorder: "ref[Recorder]", key: int, dead: Any) -> None:
    # Weakly, so that the recorder, and all it holds, goes as soon as nobody needs it.
    found = recorder()
    if found is not None:
        found.forget(key)


def _renewed(x: Any) -> Any:
    """Returns a tensor of an array with an identity of its own."""
    return Tensor(x._array[...]) if isinstance(x, Tensor) else x


def _is_open(node: Node) -> bool:
    """Returns whether the sizes of a result are only known when it is there."""
    specs = [TensorSpec(v.shape, v.dtype) for v in node.inputs]
    made = node.rule.spec(*specs, **node.static)
    return any(None in spec.shape for spec in ((made,) if node.single else made))


def _user_line() -> str:
    """Returns the innermost line outside this library, as "in file:line (code)"."""
    for frame in reversed(traceback.extract_stack()):
        if not frame.filename.startswith(LIBRARIES):
            return f"at {frame.filename}:{frame.lineno} (`{frame.line}`)"
    return "inside the library"
