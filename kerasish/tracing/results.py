"""Results: what a call returned, in memory that the next run will write again."""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import Tensor, Variable
from kerasish.core import tree
from kerasish.tracing.plan import Plan
from kerasish.tracing.recorder import Recorder

__all__ = ["Result", "places"]


class Result:
    """What a call returned; read from the plan's outputs when somebody looks.

    Args:
        value: The structure returned, with places for what a plan computed.
        plan: The plan, or None where `value` is complete. Only its outputs are held.
    """

    __slots__ = ("_backend", "_outputs", "_value")

    def __init__(self, value: Any, plan: Plan | None = None) -> None:
        self._value = value
        self._outputs = None if plan is None else plan.outputs
        self._backend = None if plan is None else plan.backend

    def read(self) -> Any:
        """Returns the structure of tensors; to be called before the next run."""
        if self._outputs is not None:
            made = [Tensor(x.copy()) for x in self._outputs]
            self._value = _fill(self._value, made)
            self._outputs = None
        return self._value

    def arrays(self) -> Any:
        """Returns the structure of arrays on the host; gone at the next run."""
        if self._outputs is None or self._backend is None:
            return tree.map_structure(_array_of, self._value)
        return _fill(self._value, [self._backend.to_numpy(x) for x in self._outputs])

    def fetched(self) -> Callable[[], Any]:
        """Begins to copy the arrays to the host; returns what waits for them."""
        if self._outputs is None or self._backend is None:
            return self.arrays
        value, fetch = self._value, self._backend.fetch
        coming = [fetch(x) for x in self._outputs]
        return lambda: _fill(value, [read() for read in coming])

    def number(self, name: str) -> float | None:
        """Returns an entry of a dict as a float; None if it is not computed yet."""
        if self._outputs is None or self._backend is None:
            found = self._value.get(name) if isinstance(self._value, dict) else None
            return None if found is None else float(found)
        place = self._value.get(name) if isinstance(self._value, dict) else None
        if not isinstance(place, _Place):
            return None
        return float(self._backend.to_numpy(self._outputs[place.index]))


class _Place:
    """Stands in a structure for an output of the plan."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class _Deferred:
    """Stands in a structure for a part of what a function will return."""

    __slots__ = ("index", "read")

    def __init__(self, read: Callable[[], Any], index: int) -> None:
        self.read = read
        self.index = index


def places(value: Any, recorder: Recorder) -> tuple[Any, list[Tensor]]:
    """Returns a structure with places for tensors, and the tensors to put there.

    Args:
        value: What a recorded call returned.
        recorder: What recorded it.
    """
    outputs: list[Tensor] = []

    def place(x: Any) -> Any:
        if not isinstance(x, Tensor):
            return x
        deferred = recorder.deferred(x)
        if deferred is not None:
            return _Deferred(*deferred)
        outputs.append(x)
        return _Place(len(outputs) - 1)

    return tree.map_structure(place, value), outputs


def _fill(structure: Any, made: list[Any]) -> Any:
    read: dict[Any, list[Any]] = {}

    def fill(x: Any) -> Any:
        if isinstance(x, _Place):
            return made[x.index]
        if isinstance(x, _Deferred):
            if x.read not in read:
                read[x.read] = tree.flatten(x.read())
            return read[x.read][x.index]
        return x

    return tree.map_structure(fill, structure)


def _array_of(x: Any) -> Any:
    return x.numpy() if isinstance(x, Tensor | Variable) else x
