"""cuDNN through its front end in Python, the wheel nvidia-cudnn-frontend.

A plan is built once for each shape and kept; running it takes addresses only, so that a
stream may capture it. Images have their channels last in memory, and kernels the order
filters, window, channels, for which all engines are made.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.core.config import matmul_precision

__all__ = ["Refused", "Shape", "bind_convolution", "frontend"]

DTYPES = {"float16": "HALF", "bfloat16": "BFLOAT16", "float32": "FLOAT"}
IMAGES, KERNEL, RESULT, BIAS = 1, 2, 3, 4  # numbers of tensors
MOST_WORKSPACE = 256 << 20

_handles: dict[int, Any] = {}
_streams: dict[int, int] = {}  # of the handles


class Refused(Exception):
    """The library does not do what it was asked for."""


class Shape(NamedTuple):
    """A convolution's sizes, hashable.

    Args:
        kind: "forward", "input" or "kernel": what is computed.
        images: `(batch, channels, *spatial)`.
        kernel: `(filters, channels / groups, *window)`.
        result: `(batch, filters, *positions)`.
        strides: Steps of the window.
        padding: Zeros before and after each spatial axis.
        dilation: Distances within the window.
        dtype: Dtype name.
        bias: Whether a bias is added.
        activation: "relu" or None.
    """

    kind: str
    images: tuple[int, ...]
    kernel: tuple[int, ...]
    result: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    dtype: str
    bias: bool = False
    activation: str | None = None


@cache
def frontend() -> Any:
    """Returns the front end, or None where it or a library is missing.

    It finds cuDNN itself, but not the libraries that cuDNN needs.
    """
    try:
        pathfinder = import_module("cuda.pathfinder")
        for name in ("cudart", "cublasLt", "cudnn"):
            pathfinder.load_nvidia_dynamic_lib(name)
        return import_module("cudnn")
    except (ImportError, OSError, RuntimeError):
        return None


def _handle() -> Any:
    """Returns the handle for the current device, set to the current stream."""
    number = int(device.library().cuda.runtime.getDevice())
    if number not in _handles:
        _handles[number] = frontend().create_handle()
    stream = device.stream()
    if _streams.get(number) != stream:
        frontend().set_stream(handle=_handles[number], stream=stream)
        _streams[number] = stream
    return _handles[number]


class _Plan:
    """A convolution as the library has planned it.

    Args:
        shape: Its sizes.
        exact: Whether float32 may not be rounded to TF32.
        handle: The library's handle.

    Raises:
        Refused: If it has no engine for it.
    """

    def __init__(self, shape: Shape, exact: bool, handle: Any) -> None:
        self._library, self.shape = frontend(), shape
        self._dtype = getattr(self._library.data_type, DTYPES[shape.dtype])
        wide = self._library.data_type.FLOAT
        self.graph = self._library.pygraph(
            io_data_type=self._dtype,
            intermediate_data_type=wide,
            compute_data_type=wide,
            handle=handle,
        )
        refusal = self._library.cudnnGraphNotSupportedError
        try:
            self._describe()
            self._build(exact)
        except (RuntimeError, refusal) as error:
            raise Refused(f"cuDNN: {error}") from error
        self.space = int(self.graph.get_workspace_size())

    def _tensor(self, number: int, sizes: tuple[int, ...]) -> Any:
        return self.graph.tensor(
            dim=list(sizes),
            stride=_last(sizes),
            data_type=self._dtype,
            uid=number,
        )

    def _describe(self) -> None:
        graph, shape = self.graph, self.shape
        how = {
            "pre_padding": [before for before, _ in shape.padding],
            "post_padding": [after for _, after in shape.padding],
            "stride": list(shape.strides),
            "dilation": list(shape.dilation),
        }
        if shape.kind == "forward":
            images = self._tensor(IMAGES, shape.images)
            kernel = self._tensor(KERNEL, shape.kernel)
            made = graph.conv_fprop(image=images, weight=kernel, **how)
            number, sizes = RESULT, shape.result
        elif shape.kind == "input":
            given = self._tensor(RESULT, shape.result)
            kernel = self._tensor(KERNEL, shape.kernel)
            made = graph.conv_dgrad(loss=given, filter=kernel, **how)
            number, sizes = IMAGES, shape.images
        else:
            images = self._tensor(IMAGES, shape.images)
            given = self._tensor(RESULT, shape.result)
            made = graph.conv_wgrad(image=images, loss=given, **how)
            number, sizes = KERNEL, shape.kernel
        if shape.bias:
            row = (1, shape.kernel[0], *(1 for _ in shape.strides))
            made = graph.bias(input=made, bias=self._tensor(BIAS, row))
        if shape.activation == "relu":
            made = graph.relu(input=made)
        made.set_output(True).set_data_type(self._dtype)
        made.set_dim(list(sizes)).set_stride(_last(sizes)).set_uid(number)

    def _build(self, exact: bool) -> None:
        graph, modes = self.graph, self._library.heur_mode
        graph.validate()
        graph.build_operation_graph()
        graph.create_execution_plans([modes.A, modes.FALLBACK])
        if exact and self.shape.dtype == "float32":
            note = self._library.numerical_note.TENSOR_CORE
            graph.deselect_numeric_notes([note])
        graph.deselect_workspace_greater_than(MOST_WORKSPACE)
        graph.check_support()
        graph.build_plans()


_planned = lru_cache(4096)(_Plan)


def bind_convolution(shape: Shape, arrays: dict[int, Array]) -> Callable[[], Any]:
    """Returns a step that runs a convolution.

    Args:
        shape: Its sizes.
        arrays: Its tensors by their numbers, contiguous, channels last.

    Raises:
        Refused: If there is no library, or it has no engine for it.
    """
    if frontend() is None or shape.dtype not in DTYPES:
        raise Refused("cuDNN is not there, or has no such dtype.")
    plan = _planned(shape, matmul_precision() == "highest", _handle())
    space = device.workspace(plan.space)
    pointers = {number: x.data.ptr for number, x in arrays.items()}
    run, where = plan.graph.execute, space.data.ptr

    def step() -> None:
        run(pointers, where, handle=_handle())

    step.kept = (arrays, space)  # type: ignore[attr-defined]
    return step


def _last(sizes: tuple[int, ...]) -> list[int]:
    """Returns the strides of `(batch, channels, *spatial)` with channels last."""
    strides, step = [0] * len(sizes), sizes[1]
    strides[1] = 1
    for i in reversed(range(2, len(sizes))):
        strides[i] = step
        step *= sizes[i]
    strides[0] = step
    return strides
