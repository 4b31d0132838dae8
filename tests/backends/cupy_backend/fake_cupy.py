"""A stand-in for CuPy that runs on the CPU, and is as strict as CuPy where it counts.

Arrays are no NumPy arrays: NumPy's functions and implicit copies are refused, and so
are NumPy arrays in CuPy's functions. The namespace has CuPy's names and parameters only
(`cupy_names.json`). Work on a stream that is being captured is not done but noted, and
done at each launch of the graph; what CUDA or CuPy refuse there raises. Waits, uploads
and launches are counted, and accesses to memory that no event puts in order are noted
in `order.races`. Threads have a current stream and an allocator each.
"""

import json
import threading
import types
import weakref
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.backends.cupy_backend.fake_streams import (
    CudaError,
    Event,
    Order,
    Stream,
    joined,
)

__all__ = ["CudaError", "FakeCupy"]

NAMES = json.loads(Path(__file__).with_name("cupy_names.json").read_text())
# What goes through cuBLAS, cuSOLVER or cuRAND, and CuPy's indexing that waits.
UNCAPTURED = ("matmul", "dot", "tensordot", "einsum", "vdot", "inner", "nonzero")
NO_BFLOAT16 = "argmax argmin argsort cumulative_prod cumulative_sum sort".split()
SYNCHRONISING = ("nonzero", "unique", "unique_all", "unique_inverse", "argwhere")
GARBAGE = 77
TOTAL = 2**34  # bytes of a device


class OutOfMemory(MemoryError):
    pass


class Array:
    """An array on the device; `host` is for tests to look at."""

    __array_priority__ = 100
    cupy = None  # the module that a subclass belongs to

    def __init__(self, host):
        self.host = host

    shape = property(lambda self: self.host.shape)
    dtype = property(lambda self: self.host.dtype)
    strides = property(lambda self: self.host.strides)
    size = property(lambda self: self.host.size)
    ndim = property(lambda self: self.host.ndim)
    nbytes = property(lambda self: self.host.nbytes)
    itemsize = property(lambda self: self.host.itemsize)
    flags = property(lambda self: self.host.flags)
    T = property(lambda self: type(self)(self.host.T))
    real = property(lambda self: type(self)(self.host.real))
    imag = property(lambda self: type(self)(self.host.imag))

    @property
    def data(self):
        return types.SimpleNamespace(ptr=self.host.ctypes.data)

    def __array__(self, *args, **kwargs):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()`"
        )

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or ufunc.__name__ not in NAMES:
            return NotImplemented
        return getattr(self.cupy, ufunc.__name__)(*inputs, **kwargs)

    def __array_function__(self, func, types, args, kwargs):
        if func.__name__ not in NAMES:
            return NotImplemented
        return getattr(self.cupy, func.__name__)(*args, **kwargs)

    def get(self, stream=None, order="C", out=None, blocking=True):
        self.cupy.refuse_in_capture("a copy to the host")
        stream = stream or self.cupy.stream
        self.cupy.order.read(self.host, stream.tick(), stream.ptr, "a copy to the host")
        assert blocking or out is not None
        if out is None:
            out = np.empty(self.shape, self.dtype)
        elif type(out) is not np.ndarray or out.dtype != self.dtype:
            raise TypeError(f"{out.dtype} array cannot be obtained")
        elif out.shape != self.shape or not out.flags.c_contiguous:
            raise ValueError("Shape mismatch")
        if blocking:
            self.cupy.counts["waits"] += 1
            joined(self.cupy.order.host, stream.clock)
            out[...] = self.host
        else:
            self.cupy.counts["fetches"] += 1
            self.cupy.stream.arriving.append((out, self.host.copy()))
        return out

    def set(self, x, stream=None):
        self.cupy.refuse_in_capture("a copy from the host")
        if type(x) is not np.ndarray:
            raise TypeError("Only numpy.ndarray can be set to cupy.ndarray")
        if x.dtype != self.dtype or x.shape != self.shape:
            raise ValueError("dtype or shape mismatch")
        if not (self.flags.c_contiguous or self.flags.f_contiguous):
            raise RuntimeError("Cannot set to non-contiguous array")
        self.cupy.counts["uploads"] += 1
        stream = stream or self.cupy.stream
        self.cupy.order.write(self.host, stream.tick(), stream.ptr, "a copy")
        self.cupy.order.sent(x, stream)
        self.host[...] = x

    def item(self):
        return self.get().item()

    def tolist(self):
        return self.get().tolist()

    __float__ = __int__ = __bool__ = __index__ = __complex__ = None  # below

    def __len__(self):
        return len(self.host)

    def __getitem__(self, key):
        return self.cupy.call("getitem", lambda x, k: x[k], (self, key), {})

    def __setitem__(self, key, value):
        if isinstance(value, np.ndarray | list):
            raise TypeError(f"Unsupported type {type(value)}")

        def change(x, k, v):
            x[k] = v

        self.cupy.launch(change, (self, key, value))

    def fill(self, value):
        self[...] = value

    def __repr__(self):
        return f"<device {self.host!r}>"


class Add:
    """The ufunc, with its unordered additions at indices, which wrap around."""

    def __init__(self, cupy, function):
        self._cupy = cupy
        self._function = function
        self.__name__ = "add"

    def __call__(self, *args, **kwargs):
        return self._function(*args, **kwargs)

    def at(self, to, index, value):
        kinds = "float16 float32 float64 int32 int64 uint32 uint64"
        if to.dtype.name not in kinds.split():
            raise TypeError(f"cupy.add.at only supports {kinds} as data type")
        self._cupy.launch(
            lambda x, i, v: np.add.at(x, i % len(x), v), (to, index, value)
        )


def _method(name):
    def method(self, *args, **kwargs):
        return self.cupy.call(
            name, lambda x, *a, **k: getattr(x, name)(*a, **k), (self, *args), kwargs
        )

    return method


def _converter(kind):
    return lambda self: kind(self.get().item() if kind is not bool else self.get())


for _name in (
    "add sub mul truediv floordiv mod pow and or xor lshift rshift matmul radd rsub "
    "rmul rtruediv rfloordiv rmod rpow rand ror rxor eq ne lt le gt ge neg pos abs "
    "invert"
).split():
    setattr(Array, f"__{_name}__", _method(f"__{_name}__"))
for _name in "copy reshape view transpose astype ravel sum max min mean take".split():
    setattr(Array, _name, _method(_name))
for _name, _kind in (("float", float), ("int", int), ("bool", bool), ("index", int)):
    setattr(Array, f"__{_name}__", _converter(_kind))
for _name in "add sub mul truediv".split():

    def _inplace(self, other, name=_name):
        def change(x, y):
            getattr(x, f"__i{name}__")(y)

        self.cupy.launch(change, (self, other))
        return self

    setattr(Array, f"__i{_name}__", _inplace)
Array.__hash__ = object.__hash__


class MemoryPool:
    def __init__(self, cupy):
        self._cupy = cupy
        self._limit = 0
        self._used = 0

    def malloc(self, size):
        if self._limit and self._used + size > self._limit or self._cupy.full_memory():
            raise OutOfMemory(f"Out of memory allocating {size} bytes")
        self._used += size
        raw = np.full(size, GARBAGE, np.uint8)
        order, stream = self._cupy.order, self._cupy.stream
        order.write(raw, stream.tick(), stream.ptr, "nobody")
        weakref.finalize(raw, self._free, size, order.uses(raw), stream).atexit = False
        return raw

    def _free(self, size, uses, stream):
        self._used -= size
        self._cupy.order.freed(uses, stream)

    def set_limit(self, size=None, fraction=None):
        self._limit = int(fraction * TOTAL) if size is None else size

    def get_limit(self):
        return self._limit

    def free_all_blocks(self):
        self._cupy.counts["trims"] += 1

    used_bytes = total_bytes = lambda self: self._used


class FakeCupy(types.ModuleType):
    """The module `cupy`, with a state of its own."""

    __version__ = "14.2.0"

    def __init__(self, devices=1):
        super().__init__("cupy")
        self.counts = Counter()
        self.device = 0
        self.devices = devices
        self.full_memory = lambda: False
        self.ndarray = type("ndarray", (Array,), {"cupy": self})
        self.bool = np.bool_
        self.finfo, self.iinfo = np.finfo, np.iinfo
        for name in (
            "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 "
            "float64 complex64 complex128"
        ).split():
            setattr(self, name, getattr(np, name))
        self.order = Order()
        self.capturing = []
        self._thread = threading.local()
        self.null = Stream(self)
        self._pool = MemoryPool(self)
        self._default = self._pool.malloc
        self.linalg, self.fft = (self._module(part) for part in ("linalg", "fft"))
        self.cuda = self._cuda()
        self.cupyx = types.ModuleType("cupyx")
        self.cupyx.errstate = lambda linalg: np.errstate(all="ignore")
        self.cupyx.empty_pinned = lambda shape, dtype: np.full(shape, GARBAGE, dtype)
        self.kernels = {}

    def _cuda(self):
        runtime = types.SimpleNamespace(
            CUDARuntimeError=CudaError,
            getDeviceCount=lambda: self.devices,
            getDevice=lambda: self.device,
            deviceSynchronize=self._wait,
            memGetInfo=lambda: (TOTAL - self._pool.used_bytes(), TOTAL),
            driverGetVersion=lambda: 13000,
            runtimeGetVersion=lambda: 13020,
            getDeviceProperties=lambda i: {
                "name": b"NVIDIA Fake",
                "major": 9,
                "minor": 0,
            },
        )
        return types.SimpleNamespace(
            runtime=runtime,
            Stream=lambda non_blocking=False: Stream(self, non_blocking),
            Event=lambda disable_timing=False: Event(self),
            MemoryPool=lambda: MemoryPool(self),
            Device=self._on,
            get_current_stream=lambda: self.stream,
            set_allocator=lambda allocate: setattr(self, "_default", allocate),
            using_allocator=self._using,
            get_cublas_handle=lambda: 1,
            memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemory),
        )

    @contextmanager
    def _on(self, device):
        outer, self.device = self.device, device
        yield
        self.device = outer

    @contextmanager
    def _using(self, allocate):
        outer, self._thread.allocate = self._allocate, allocate
        yield
        self._thread.allocate = outer

    @property
    def _allocate(self):
        return getattr(self._thread, "allocate", self._default)

    @property
    def stream(self):
        return getattr(self._thread, "stream", self.null)

    @stream.setter
    def stream(self, stream):
        self._thread.stream = stream

    def _wait(self):
        for stream in self.capturing:  # of any thread
            stream.broken = True
        if self.capturing:
            raise CudaError("cudaErrorStreamCaptureUnsupported")
        self.counts["waits"] += 1

    def get_default_memory_pool(self):
        return self._pool

    def _module(self, part):
        made = types.SimpleNamespace()
        for name in NAMES:
            if name.startswith(f"{part}."):
                own = name.partition(".")[2]
                function = getattr(getattr(np, part), own, None)
                setattr(made, own, self._function(name, function))
        return made

    def __getattr__(self, name):
        if name not in NAMES:
            raise AttributeError(f"module 'cupy' has no attribute {name!r}")
        made = self._function(name, getattr(np, name, None))
        made = Add(self, made) if name == "add" else made
        setattr(self, name, made)
        return made

    def _function(self, name, function):
        known = NAMES[name]

        def call(*args, **kwargs):
            if isinstance(known, list) and not known[:1] == ["args"]:
                foreign = set(kwargs) - {*known, "out"}
                if foreign and "kwargs" not in known:
                    raise TypeError(f"cupy.{name} got unexpected {sorted(foreign)}")
            return self.call(name, function, args, kwargs)

        call.__name__ = name
        return call

    # ------------------------------------------------------------------- work

    def call(self, name, function, args, kwargs):
        """Calls a function of NumPy on what lies on the device."""
        _refuse_host(name, [*args, *kwargs.values()])
        if name in UNCAPTURED or name.startswith("linalg."):
            self.refuse_in_capture(name)
        if name in SYNCHRONISING:
            self.counts["waits"] += 1
        out = kwargs.pop("out", None)
        if out is not None:

            def into(to, *a, **k):
                to[...] = function(*a, **k)

            self.launch(into, (out, *args), kwargs)
            return out
        hosts, named = _to_host(args), _to_host(kwargs)
        given = _arrays([*hosts, *named.values()])
        half = [x for x in given if x.dtype.name == "bfloat16"]
        if half and name in NO_BFLOAT16:
            raise TypeError(f"cupy.{name} has no kernel for bfloat16")
        with np.errstate(all="ignore"):
            made = function(*hosts, **named)
            if half and name in ("where", "round"):  # the next dtype with a kernel
                made = made.astype("float32")
        if isinstance(made, tuple):
            return (
                type(made)(*(self._placed(x, given) for x in made))
                if hasattr(made, "_fields")
                else tuple(self._placed(x, given) for x in made)
            )
        if isinstance(made, list):
            return [self._placed(x, given) for x in made]
        if not isinstance(made, np.ndarray | np.generic):
            return made
        made = np.asarray(made)
        if any(np.may_share_memory(made, x) for x in given):
            return self.ndarray(made)
        if self.stream.log is None:
            self.counts["launches"] += 1
            return self._placed(made, given)
        placed = self._placed(np.zeros_like(made))  # nothing was computed yet

        def again(to, *a, **k):
            to[...] = function(*a, **k)

        self.launch(again, (placed, *args), kwargs)
        return placed

    def launch(self, function, args, kwargs=None):
        """Runs what changes memory, or notes it."""
        _refuse_host("a kernel", args)
        hosts, named = _to_host(args), _to_host(kwargs or {})
        self.counts["launches"] += 1
        if self.stream.log is not None:
            self.stream.log.append((function, hosts, named))
        else:
            self.work(self.stream, function, hosts, named)

    def work(self, stream, function, hosts, named):
        """Runs a kernel, and notes which memory it has read and written."""
        given = _arrays([*hosts, *named.values()])
        before = [x.tobytes() for x in given]
        with np.errstate(all="ignore"):
            function(*hosts, **named)
        clock, what = stream.tick(), getattr(function, "__name__", "a kernel")
        for x, held in zip(given, before, strict=True):
            self.order.read(x, clock, stream.ptr, what)
            if x.tobytes() != held:
                self.order.write(x, clock, stream.ptr, what)

    def _placed(self, x, given=()):
        for each in given:
            self.order.read(each, self.stream.tick(), self.stream.ptr, "a function")
        x = np.asarray(x)
        raw = self._allocate(max(x.nbytes, 1))
        host = raw[: x.nbytes].view(x.dtype).reshape(x.shape)
        host[...] = x
        return self.ndarray(host)

    def refuse_in_capture(self, what):
        """Raises where the current stream is being captured."""
        if self.stream.log is not None:
            raise RuntimeError(f"{what} is not allowed: the stream is capturing")

    # ------------------------------------------------------- from and to the host

    def asarray(self, a, dtype=None, order=None, *, copy=None, blocking=False):
        if isinstance(a, self.ndarray):
            if copy or dtype is not None and a.dtype != dtype:
                return self.call("astype", _astype, (a, dtype or a.dtype), {})
            return a
        self.refuse_in_capture("a copy from the host")
        self.counts["uploads"] += 1
        return self._placed(np.asarray(a, dtype))

    array = asarray

    def asnumpy(self, a):
        return a.get() if isinstance(a, self.ndarray) else np.asarray(a)

    def empty(self, shape, dtype=float, order="C"):
        made = self._placed(np.empty(shape, dtype))
        made.host.reshape(-1).view(np.uint8)[...] = GARBAGE
        return made

    def astype(self, x, dtype, /, *, copy=True):
        return self.call("astype", _astype, (x, dtype, copy), {})

    def take(self, a, indices, axis=None, out=None):
        def wrapped(x, i):
            # Not `mode="wrap"`, which takes long over what is not computed yet.
            size = x.size if axis is None else x.shape[axis]
            return np.take(x, i % max(size, 1), axis=axis)

        return self.call("take", wrapped, (a, indices), {"out": out})

    def ElementwiseKernel(self, inputs, outputs, body, name):
        """A kernel, as a function of NumPy arrays that `kernels` has by its name."""

        def call(*args, size=None):
            self.launch(lambda *a: self.kernels[name](*a), args)
            return args[len(inputs.split(","))]

        return call


def _astype(x, dtype, copy=True):
    return x.astype(dtype, copy=copy)


def _to_host(x):
    if isinstance(x, Array):
        return x.host
    if isinstance(x, dict):
        return {k: _to_host(v) for k, v in x.items()}
    if isinstance(x, list | tuple):
        return type(x)(_to_host(v) for v in x)
    return x


def _arrays(x):
    if isinstance(x, np.ndarray):
        return [x]
    return [a for v in x for a in _arrays(v)] if isinstance(x, list | tuple) else []


def _refuse_host(name, values):
    for x in values:
        if isinstance(x, np.ndarray):
            raise TypeError(f"cupy.{name}: Unsupported type {type(x)}")
        if isinstance(x, list | tuple):
            _refuse_host(name, x)
