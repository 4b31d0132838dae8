"""A CuPy of NumPy memory, whose kernels are the same text compiled by g++.

`install` puts it in place of CuPy. A launch runs at once; it is an error while nothing
may be allocated, as in a capture.
"""

import ctypes
import re
import shutil
import subprocess
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from weakref import WeakKeyDictionary

import numpy as np
import pytest

from kerasish.backends.cuda import (
    attending,
    choosing,
    convolving,
    cudnn,
    device,
    modules,
    trust,
)
from tests.backends.cuda import fake_cudnn

HERE = Path(__file__).parent
HEAD = re.compile(
    r'extern "C" __global__ void (?:__launch_bounds__\(\d+\) )?(\w+)\(([^)]*)\)'
)
COMPILER = shutil.which("g++")
ONE_AT_A_TIME = threading.Lock()  # its fibers have the stack of one thread
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="needs g++")


class Array(np.ndarray):
    """An array that tells where it is as CuPy's does."""

    @property
    def data(self):
        return SimpleNamespace(ptr=self.ctypes.data)


class RawModule:
    """A module of kernels, run thread after thread."""

    def __init__(self, code, options):
        assert options == modules.OPTIONS
        self.library = _library(code)

    @staticmethod
    def _compiled(code, folder):
        entries = []
        for name, parameters in HEAD.findall(code):
            kinds = [p.rpartition(" ")[0] for p in parameters.split(",")]
            given = ", ".join(f"({kind})args[{i}]" for i, kind in enumerate(kinds))
            entries.append(
                f'extern "C" void launch_{name}(const unsigned* shape, void** args) '
                f"{{ launch_(shape, [=] {{ {name}({given}); }}); }}"
            )
        source, made = folder / "module.cpp", folder / "module.so"
        header = f'#include "{HERE / "emulation.h"}"\n'
        halves = f'#include "{HERE / "emulated_half.h"}"\n'
        code = code.replace("#ifndef EMULATED", f"{halves}#ifndef EMULATED")
        source.write_text(header + code + "\n".join(entries))
        flags = "-O1 -std=c++17 -ffp-contract=off -w -shared -fPIC".split()
        subprocess.run([COMPILER, *flags, source, "-o", made], check=True)
        return made

    def get_function(self, name):
        launch = getattr(self.library, f"launch_{name}")

        def run(grid, block, arguments):
            # What the driver refuses.
            assert 0 < grid[0] < 2**31 and 0 < grid[1] < 2**16
            assert 0 < block[0] * block[1] <= 1024
            shape = (ctypes.c_uint * 4)(*grid, *block)
            pointers = (ctypes.c_void_p * len(arguments))(
                *(x.data.ptr for x in arguments)
            )
            with ONE_AT_A_TIME:
                launch(shape, pointers)

        return run


@lru_cache(256)
def _library(code):
    """Returns a module as machine code; tests often want the same."""
    folder = Path(tempfile.mkdtemp(prefix="kerasish-"))
    try:
        return ctypes.CDLL(str(RawModule._compiled(code, folder)))
    finally:
        shutil.rmtree(folder)


def array(values, dtype=None):
    """Returns an array on the device."""
    return np.array(values, dtype).view(Array)


def empty(shape, dtype):
    """Returns memory on the device that holds nothing of use."""
    made = np.empty(shape, dtype).view(Array)
    made.view(np.uint8).fill(0xAA) if made.ndim and made.size else None
    return made


def cupy():
    """Returns a stand-in for the module."""
    return SimpleNamespace(
        RawModule=RawModule,
        empty=empty,
        zeros=lambda shape, dtype: np.zeros(shape, dtype).view(Array),
        asarray=array,
        asnumpy=np.asarray,
        broadcast_to=lambda x, shape: np.broadcast_to(x, shape, subok=True),
        cuda=SimpleNamespace(
            get_current_stream=lambda: SimpleNamespace(
                ptr=0, is_capturing=lambda: False
            ),
            runtime=SimpleNamespace(getDevice=lambda: 0),
        ),
    )


def install(monkeypatch):
    """Puts the emulated device in the place of CuPy's, with no kernel compiled."""
    held = cupy()
    monkeypatch.setattr(device, "library", lambda: held)
    monkeypatch.setattr(device, "_workspaces", {})
    monkeypatch.setattr(modules, "_known", {})
    forget(monkeypatch)
    return held


def install_frontend(monkeypatch):
    """Puts the emulated device in place, and a cuDNN; returns its front end."""
    install(monkeypatch)
    made = fake_cudnn.frontend()
    monkeypatch.setattr(cudnn, "frontend", lambda: made)
    return made


def forget(monkeypatch):
    """Forgets for a test what was planned, chosen and found out of libraries."""
    monkeypatch.setattr(cudnn, "_handles", WeakKeyDictionary())
    monkeypatch.setattr(cudnn, "_idle", {})
    for module in (attending, convolving):
        planned = lru_cache(module._planned.__wrapped__)
        monkeypatch.setattr(module, "_planned", planned)
    monkeypatch.setattr(trust, "_known", {})
    monkeypatch.setattr(choosing, "_chosen", {})
