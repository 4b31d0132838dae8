"""What is going on around an operation: tapes, scopes, symbolic calls.

One ContextVar holds it all, so that an operation looks in one place, once. Each
`with` statement of this room sets a changed copy and puts the old one back.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

__all__ = [
    "Mode",
    "Recorder",
    "autocast_scope",
    "current",
    "mode",
    "part",
    "symbolic_scope",
]


class Recorder(Protocol):
    """What a primitive and a variable tell a tape."""

    def record(
        self,
        rule: Any,
        inputs: tuple[Any, ...],
        static: dict[str, Any],
        outputs: tuple[Any, ...],
    ) -> None:
        """Notes one call of a primitive."""

    def read(self, variable: Any, value: Any) -> None:
        """Notes that a variable was read."""


@dataclass(frozen=True, slots=True)
class Mode:
    """The surroundings of an operation.

    Args:
        tapes: The tapes that record.
        stateless: The scope that holds the variables' values, or None.
        autocast: The dtype that float variables are read in, or None.
        symbolic: Whether shapes are being inferred, so that nothing may change.
        recorder: What makes a graph of all that is computed, or None.
    """

    tapes: tuple[Recorder, ...] = ()
    stateless: Any = None
    autocast: str | None = None
    symbolic: bool = False
    recorder: Any = None


_NOTHING = Mode()  # frozen, so it can be the default of every thread
_mode: ContextVar[Mode] = ContextVar("mode", default=_NOTHING)
current = _mode.get


@contextmanager
def mode(**changes: Any) -> Iterator[Mode]:
    """Runs a block in a mode with some fields changed.

    Args:
        **changes: Fields of `Mode` and their values.
    """
    changed = replace(_mode.get(), **changes)
    token = _mode.set(changed)
    try:
        yield changed
    finally:
        _mode.reset(token)


def part(name: str) -> Any:
    """Names the part of a step that a block computes, for those who record it.

    Args:
        name: Name of a layer, or of a stage such as "optimizer".

    Returns:
        A context manager.
    """
    recorder = _mode.get().recorder
    return nullcontext() if recorder is None else recorder.part(name)


def autocast_scope(dtype: str | None) -> Any:
    """Reads float variables inside the block in another dtype (mixed precision).

    Args:
        dtype: A float dtype, or None for the variables' own.

    Returns:
        A context manager.
    """
    return mode(autocast=dtype)


def symbolic_scope() -> Any:
    """Infers shapes inside the block: no graph grows, no variable changes.

    Returns:
        A context manager.
    """
    return mode(symbolic=True)
