"""CUDA graphs: the steps of a plan as one launch.

The first runs call the steps one by one, so that kernels are compiled, algorithms
chosen and memory is there; the next is captured, and from then on a run is one launch.
Steps run and are captured on a stream of their own, as the null stream cannot be
captured; graphs are launched into the stream that is current, between the kernels
before and after.

Reference:
    NVIDIA, "CUDA C++ Programming Guide", section "CUDA Graphs".
"""

import gc
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kerasish.backends.cupy_backend.constants import Constants
from kerasish.core.errors import KerasishWarning

__all__ = ["Replay"]

WARM_UPS = 2
Step = Callable[[], Any]
_told: set[str] = set()


class Replay:
    """Runs steps; after a few runs, as a graph.

    Variables that the steps change lie in the memory that the graph knows, and so does
    all that varies: learning rate, count of steps, seeds, scale of the loss. What
    cannot be captured goes on being run step by step, with one warning.

    Args:
        cupy: The library.
        steps: Functions without arguments that launch work on the current stream.
        names: What each computes, for the warning.
        allocate: Hands out memory that nobody else gets.
    """

    def __init__(
        self,
        cupy: Any,
        steps: Sequence[Step],
        names: Sequence[str],
        allocate: Callable[[int], Any],
    ) -> None:
        self._cuda = cupy.cuda
        self._steps = steps
        self._names = names
        self._allocate = allocate
        self._stream = cupy.cuda.Stream(non_blocking=True)
        self._constants = Constants()
        self._runs = 0
        self._graph: Any = None
        self._outer: Any = None  # the stream of the last launch

    def __call__(self) -> None:
        """Runs all steps."""
        if self._graph is None:
            self._runs += 1
            if self._runs == WARM_UPS + 1:
                self._graph = self._captured()
            if self._graph is None:
                with self._apart():
                    for step in self._steps:
                        step()
                return
            self._graph.upload()
        self._outer = self._cuda.get_current_stream()
        self._graph.launch(self._outer)

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """Runs the block on the own stream, in its turn, and with the own memory."""
        outer = self._cuda.get_current_stream()
        self._stream.wait_event(outer.record())
        with (
            self._stream,
            self._cuda.using_allocator(self._allocate),
            self._constants.kept(),
        ):
            try:
                yield
            finally:
                outer.wait_event(self._stream.record())

    def __del__(self) -> None:
        # The last launch may still run, on memory that goes with the graph. Not the
        # device is waited for: that would break off what another thread captures.
        if getattr(self, "_outer", None) is not None:
            with suppress(Exception):  # as when the process ends
                self._outer.synchronize()

    def _captured(self) -> Any:
        """Returns the graph, or None where a step refuses to be captured."""
        with self._apart(), _without_collection():
            self._stream.begin_capture()
            for name, step in zip(self._names, self._steps, strict=True):
                refusal = self._refusal(step)
                if refusal is not None:
                    with suppress(Exception):  # the capture may be broken off already
                        self._stream.end_capture()
                    _tell(name, refusal)
                    return None
            try:
                return self._stream.end_capture()
            except Exception as error:  # as when there is no memory for the graph
                _tell("the graph as a whole", error)
                return None

    def _refusal(self, step: Step) -> Exception | None:
        """Captures a step; returns the error where it cannot be, of whatever kind."""
        try:
            step()
            self._stream.is_capturing()  # raises if the step has broken it off
        except Exception as error:
            return error
        return None


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keeps finalisers, which may free memory of the device, out of the block."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _tell(name: str, error: Exception) -> None:
    if name in _told:
        return
    _told.add(name)
    warnings.warn(
        f"A step runs kernel by kernel on the GPU, as `{name}` cannot be captured in a "
        f"CUDA graph: {type(error).__name__}: {error}. The results are the same, small "
        "models are slower. Compile with `jit_compile=False` to have it so without "
        "this warning.",
        KerasishWarning,
        stacklevel=2,
    )
