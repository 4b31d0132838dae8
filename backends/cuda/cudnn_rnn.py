"""cuDNN through ctypes: its recurrent networks, which its front end does not have.

Signatures are those of `cudnn_adv.h`, version 9. What launches work takes the stream of
the moment, and nothing is allocated, so that a stream may capture it.
"""

import ctypes
import threading
import weakref
from collections.abc import MutableMapping
from functools import cache
from typing import Any

from kerasish.backends.cuda import device, libraries

__all__ = ["Library", "launch", "library"]

_POINTER, _SIZE, _INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
_SPACES = (_SIZE, _POINTER) * 3  # weights, scratch memory, what is kept
_STATE = (_POINTER,) * 4  # a descriptor, and three states or gradients
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "cudnnCreate": (_POINTER,),
    "cudnnSetStream": (_POINTER, _POINTER),
    "cudnnCreateRNNDescriptor": (_POINTER,),
    "cudnnDestroyRNNDescriptor": (_POINTER,),
    "cudnnSetRNNDescriptor_v8": (
        *(_POINTER, *[_INT] * 8, *[ctypes.c_int32] * 4, _POINTER, ctypes.c_uint32),
    ),
    "cudnnCreateRNNDataDescriptor": (_POINTER,),
    "cudnnDestroyRNNDataDescriptor": (_POINTER,),
    "cudnnSetRNNDataDescriptor": (_POINTER, *[_INT] * 5, _POINTER, _POINTER),
    "cudnnCreateTensorDescriptor": (_POINTER,),
    "cudnnDestroyTensorDescriptor": (_POINTER,),
    "cudnnSetTensorNdDescriptor": (_POINTER, _INT, _INT, _POINTER, _POINTER),
    "cudnnGetTensorNdDescriptor": (_POINTER, _INT, *[_POINTER] * 4),
    "cudnnGetRNNWeightSpaceSize": (_POINTER, _POINTER, _POINTER),
    "cudnnGetRNNTempSpaceSizes": (_POINTER, _POINTER, _INT, *[_POINTER] * 3),
    "cudnnGetRNNWeightParams": (
        *(_POINTER, _POINTER, ctypes.c_int32, _SIZE, _POINTER, ctypes.c_int32),
        *[_POINTER] * 4,
    ),
    "cudnnRNNForward": (
        *(_POINTER, _POINTER, _INT, *[_POINTER] * 5),
        *(_POINTER,) * 6,
        *_SPACES,
    ),
    "cudnnRNNBackwardData_v8": (*[_POINTER] * 8, *_STATE, *_STATE, *_SPACES),
    "cudnnRNNBackwardWeights_v8": (
        *(_POINTER, _POINTER, _INT, *[_POINTER] * 7, *_SPACES),
    ),
}


class Library(libraries.Library):
    """The loaded library, with a handle for each device and thread.

    Args:
        calls: The shared object.
    """

    def __init__(self, calls: Any) -> None:
        super().__init__("cuDNN", calls, _SIGNATURES)
        self._handles: MutableMapping[threading.Thread, dict[int, _Handle]]
        self._handles = weakref.WeakKeyDictionary()

    def handle(self) -> ctypes.c_void_p:
        """Returns this thread's handle for the current device and stream.

        It is not that of `cudnn`, whose front end may be missing.
        """
        own = self._handles.setdefault(threading.current_thread(), {})
        number = int(device.library().cuda.runtime.getDevice())
        if number not in own:
            made = ctypes.c_void_p()
            self.check("cudnnCreate", ctypes.byref(made))
            own[number] = _Handle(made)
        held, stream = own[number], device.stream()
        if held.stream != stream:
            self.check("cudnnSetStream", held.made, stream)
            held.stream = stream
        return held.made


class _Handle:
    """A handle, and the stream that it is set to."""

    def __init__(self, made: ctypes.c_void_p) -> None:
        self.made = made
        self.stream: int | None = None


@cache
def library() -> Library | None:
    """Returns the library, or None where there is none."""
    calls = libraries.found("cublasLt", "cudnn")
    return None if calls is None else Library(calls)


def launch(lib: Library, name: str, *args: Any) -> None:
    """Calls a function that launches work on the current stream.

    Args:
        lib: The library.
        name: The function's name.
        *args: Its arguments after the handle.
    """
    lib.check(name, lib.handle(), *args)
