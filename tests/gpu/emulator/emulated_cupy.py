"""CuPy on the emulated CUDA: kernels go to g++, the vendors' libraries to NumPy.

Importing this puts it all in place; nothing of CuPy but the calls of compilers and of
libraries is changed. What CuPy refuses in a capture is refused as it is by CuPy.
"""

import ctypes
import gc
import hashlib
import os
import re
import subprocess
import sys
import threading
import traceback
from importlib import import_module
from pathlib import Path

import numpy as np
from build_cupy import FLAGS, HERE, include_options

__all__ = ["put"]

FOLDER = Path(os.environ["EMULATOR"])
KERNELS = FOLDER / "kernels"
HEAD = re.compile(r"__global__\s+void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+)\s*\(")
WAITS = re.compile(r"__sync|__shfl")
DYNAMIC = re.compile(r"extern\s+__shared__\s+([\w ]+?)\s+(\w+)\[\];")
OURS = "struct float16 { uint16 bits; };"  # in kernels of kerasish
HALVES = HERE.parents[1] / "backends/cuda/emulated_half.h"
BIND = """
extern "C" Work* bind_{name}(const unsigned* shape, size_t shared, void** given) {{
  return bound({kernel}, shape, shared, {waits}, given);
}}"""

_runtime = ctypes.CDLL(str(FOLDER / "libcuda.so.1"), mode=ctypes.RTLD_GLOBAL)
_CALL = ctypes.CFUNCTYPE(None)
_runtime.emulator_put.argtypes = [ctypes.c_void_p, _CALL]
_calls = []  # a graph may hold them for ever

sys.setdlopenflags(os.RTLD_LAZY)  # not every function of CUDA is there
cupy = import_module("cupy")
compiler = import_module("cupy.cuda.compiler")
nccl = import_module("cupy.cuda.nccl")


def put(call, stream=None):
    """Puts a call of a library into a stream, or into what it captures."""

    def run():
        enabled = gc.isenabled()
        gc.disable()  # what is collected may wait for the stream that this is in
        try:
            with np.errstate(all="ignore"):
                call()
        except BaseException:  # nobody is there to catch it
            traceback.print_exc()
            os.abort()
        finally:
            if enabled:
                gc.enable()

    _calls.append(_CALL(run))
    if stream is None:
        stream = cupy.cuda.get_current_stream().ptr
    status = _runtime.emulator_put(stream, _calls[-1])
    if status:
        raise cupy.cuda.runtime.CUDARuntimeError(status)


def _compiled(source, options=(), arch=None, filename="", name_expressions=None, *rest):
    """Stands for NVRTC: what is returned as machine code is the path of a library."""
    kernels = {name: name for name in HEAD.findall(source)}
    kernels |= {f"named_{i}": name for i, name in enumerate(name_expressions or ())}
    waits = str(bool(WAITS.search(source))).lower()
    text = DYNAMIC.sub(r"\1* \2 = (\1*)dynamic_memory;", source)
    header = "cupy_device.h"
    if OURS in source:
        header = "device.h"
        halves = f'#define EMULATED\n#include "{HALVES}"\n'
        text = text.replace("#ifndef EMULATED", f"{halves}#ifndef EMULATED", 1)
    binds = (
        BIND.format(name=name, kernel=kernel, waits=waits)
        for name, kernel in sorted(kernels.items())
    )
    text = f'#include "{header}"\n{text}{"".join(binds)}\n'
    defines = [x for x in options if x.startswith("-D")]
    name = hashlib.sha256(f"{text}{defines}".encode()).hexdigest()[:24]
    made = KERNELS / f"{name}.so"
    if not made.exists():
        _compile(text, defines, made)
    mangled = {kernel: name for name, kernel in kernels.items() if name != kernel}
    return f"{made}\0".encode(), mangled or None


def _compile(text, defines, made):
    KERNELS.mkdir(exist_ok=True)
    own = made.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    given = [f"-I{FOLDER / 'headers'}", *include_options(FOLDER), f"-I{HERE}"]
    command = ["g++", *FLAGS, *given, *defines, "-shared", "-x", "c++", "-", "-o", own]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        made.with_suffix(".cpp").write_text(text)
        raise compiler.CompileException(done.stderr, text, str(made), (), "g++")
    os.replace(own, made)


def _on_host(name, function):
    """Returns a function of CuPy that NumPy computes, on copies."""

    def call(*given, out=None, **named):
        stream = cupy.cuda.get_current_stream()
        if stream.ptr and stream.is_capturing():
            raise NotImplementedError(f"{name}: the stream is capturing")
        with np.errstate(all="ignore"):  # CUDA's libraries do not warn
            made = function(*(_down(x) for x in given), **named)
        if isinstance(made, tuple):
            rows = [cupy.asarray(x) for x in made]
            return type(made)(*rows) if hasattr(made, "_fields") else tuple(rows)
        if out is None:
            return cupy.asarray(made)
        out[...] = cupy.asarray(made)
        return out

    return call


def _down(x):
    return x.get() if isinstance(x, cupy.ndarray) else x


def _product(x1, x2):
    if x1.dtype.name in ("float16", "bfloat16") and x1.dtype == x2.dtype:
        wide = np.matmul(x1.astype("float32"), x2.astype("float32"))
        return wide.astype(x1.dtype)
    return np.matmul(x1, x2)


class _Thrust:
    """Sorting along the last axis, in memory that is named by its address."""

    available = True

    @staticmethod
    def _at(dtype, place, shape):
        count = int(np.prod(shape))
        raw = (ctypes.c_char * (count * np.dtype(dtype).itemsize)).from_address(place)
        return np.frombuffer(raw, dtype, count).reshape(shape)

    @classmethod
    def sort(cls, dtype, place, keys, shape):
        put(lambda: cls._at(dtype, place, shape).sort(axis=-1, kind="stable"))

    @classmethod
    def argsort(cls, dtype, order, place, keys, shape):
        def run():
            x = cls._at(dtype, place, shape)
            places = np.argsort(x, axis=-1, kind="stable")
            cls._at("int64", order, shape)[...] = places
            x[...] = np.take_along_axis(x, places, -1)

        put(run)

    @classmethod
    def lexsort(cls, dtype, order, place, count, size):
        def run():
            rows = cls._at(dtype, place, (count, size))
            cls._at("int64", order, (size,))[...] = np.lexsort(rows)

        put(run)


class _Alone(nccl.NcclCommunicator):
    """A group of one process, whose sums are copies."""

    def allReduce(self, sendbuf, recvbuf, count, datatype, op, stream):
        super().allReduce(sendbuf, recvbuf, count, datatype, op, stream)
        size = count * (1, 1, 4, 4, 8, 8, 2, 4, 8, 2)[datatype]
        put(lambda: ctypes.memmove(recvbuf, sendbuf, size), stream)


def _install():
    nccl.NcclCommunicator = _Alone
    compiler._compile_using_nvrtc_no_warning = _compiled
    compiler._preprocess = lambda *given: "emulated"
    compiler._get_nvrtc_version = lambda: (13, 0)
    compiler._get_arch_for_options_for_nvrtc = lambda arch=None: ("90", "sm_90")
    cupy.matmul = _on_host("matmul", _product)
    for name in ("dot", "einsum", "inner", "kron", "outer", "tensordot", "vdot"):
        setattr(cupy, name, _on_host(name, getattr(np, name)))
    for ours, theirs in ((np.linalg, cupy.linalg), (np.fft, cupy.fft)):
        for name in ours.__all__:
            function = getattr(ours, name)
            if hasattr(theirs, name) and not isinstance(function, type):
                setattr(theirs, name, _on_host(name, function))
    cupy.cuda.thrust = _Thrust
    sys.modules["cupy._core._routines_sorting"].thrust = _Thrust


_install()
