"""cuDNN through its front end in Python, the wheel nvidia-cudnn-frontend.

A graph is described, planned once and kept; running it takes addresses only, so that a
stream may capture it.
"""

import threading
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary, finalize

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.libraries import Refused, found

__all__ = [
    "MOST_WORKSPACE",
    "Planned",
    "frontend",
    "handle",
    "here",
    "kind_of",
]

DTYPES = {"float16": "HALF", "bfloat16": "BFLOAT16", "float32": "FLOAT"}
MOST_WORKSPACE = 256 << 20


class _Handle:
    """A handle of the library, and the stream that it is set to."""

    def __init__(self) -> None:
        self.value = frontend().create_handle()
        self.stream: int | None = None


# By thread, as two of them may run on different streams at a time; by device in each.
_handles: MutableMapping[threading.Thread, dict[int, _Handle]] = WeakKeyDictionary()
_idle: dict[int, list[_Handle]] = {}  # of threads that have ended, by device


@cache
def frontend() -> Any:
    """Returns the front end, or None where it or a library is missing.

    It finds cuDNN itself, but not the libraries that cuDNN needs.
    """
    if found("cudart", "cublasLt", "cudnn") is None:
        return None
    with suppress(ImportError, OSError, RuntimeError):
        return import_module("cudnn")
    return None


def handle() -> Any:
    """Returns the thread's handle for the current device, set to the current stream."""
    number = here()
    thread = threading.current_thread()
    own = _handles.setdefault(thread, {})
    if number not in own:
        idle = _idle.setdefault(number, [])
        own[number] = idle.pop() if idle else _Handle()
        finalize(thread, idle.append, own[number])
    held, stream = own[number], device.stream()
    if held.stream != stream:
        frontend().set_stream(handle=held.value, stream=stream)
        held.stream = stream
    return held.value


def here() -> int:
    """Returns the number of the current device."""
    return int(device.library().cuda.runtime.getDevice())


def kind_of(dtype: str) -> Any:
    """Returns the library's name of a dtype.

    Raises:
        Refused: If there is no library, or it has no such dtype.
    """
    if frontend() is None or dtype not in DTYPES:
        raise Refused("cuDNN is not there, or has no such dtype.")
    return getattr(frontend().data_type, DTYPES[dtype])


class Planned:
    """A graph as the library has planned it, in one way or several.

    Args:
        describe: Adds tensors and operations to a graph.
        dtype: Dtype name of what it reads and writes.
        exact: Whether float32 may not be rounded to TF32.
        ways: How many to plan at most, first what the library takes for the fastest.
        most: Bytes of workspace that it may need at most.

    Raises:
        Refused: If it has no engine for it.
    """

    def __init__(
        self,
        describe: Callable[[Any], Any],
        dtype: str,
        exact: bool,
        ways: int = 1,
        most: int = MOST_WORKSPACE,
    ) -> None:
        library, wide = frontend(), kind_of("float32")
        self._graph = library.pygraph(
            io_data_type=kind_of(dtype),
            intermediate_data_type=wide,
            compute_data_type=wide,
            handle=handle(),
        )
        self._refusals = (RuntimeError, library.cudnnGraphNotSupportedError)
        exact, self._most = exact and dtype == "float32", most
        try:
            describe(self._graph)
            self._propose(library, exact)
            # Notes hold for what the library chooses, not for plans by number.
            self._places = self._built(1 if exact else ways)
        except self._refusals as error:
            raise Refused(f"cuDNN: {error}") from error

    def _propose(self, library: Any, exact: bool) -> None:
        graph, modes = self._graph, library.heur_mode
        graph.validate()
        graph.build_operation_graph()
        graph.create_execution_plans([modes.A, modes.FALLBACK])
        if exact:
            graph.deselect_numeric_notes([library.numerical_note.TENSOR_CORE])
        graph.deselect_workspace_greater_than(self._most)
        graph.check_support()

    def _built(self, ways: int) -> list[int | None]:
        """Returns the numbers of plans; None is that of the library's choice."""
        graph = self._graph
        places: list[int | None] = []
        if ways > 1:
            for i in range(graph.get_execution_plan_count()):
                with suppress(*self._refusals):
                    graph.build_plan_at_index(i)
                    if graph.get_workspace_size_plan_at_index(i) <= self._most:
                        places.append(i)
                if len(places) == ways:
                    return places
        if not places:
            graph.build_plans()
            places.append(None)
        return places

    @property
    def count(self) -> int:
        """How many ways there are."""
        return len(self._places)

    def steps(self, arrays: Mapping[int, Array]) -> list[device.Step]:
        """Returns a step for each way.

        Args:
            arrays: The tensors by their numbers.
        """
        pointers = {number: x.data.ptr for number, x in arrays.items()}
        return [self._step(pointers, place, arrays) for place in self._places]

    def _step(
        self, pointers: dict[int, int], place: int | None, arrays: Any
    ) -> device.Step:
        graph = self._graph
        if place is None:
            size, run = graph.get_workspace_size(), graph.execute
        else:
            size = graph.get_workspace_size_plan_at_index(place)
            run = partial(graph.execute_plan_at_index, index=place)
        space = device.workspace(int(size))
        where = space.data.ptr

        def step() -> None:
            run(pointers, workspace=where, handle=handle())

        step.kept = (arrays, space)  # type: ignore[attr-defined]
        return step
