"""Processes with a GPU each, on a stand-in for CuPy's NCCL.

Its names and parameters are those of CuPy 14.2 (`NcclCommunicator.allReduce(sendbuf,
recvbuf, count, datatype, op, stream)` and so on), all of them numbers and a tuple.
"""

import ctypes
import sys
import threading
import types

import ml_dtypes
import numpy as np
import pytest

from kerasish.backends.communication import NcclCommunicator
from kerasish.core.errors import BackendError
from tests.backends.communication.threads import as_group

# As `cupy.cuda.nccl` has them.
NAMES = {"int8": 0, "uint8": 1, "int32": 2, "uint32": 3, "int64": 4, "uint64": 5}
NAMES |= {"float16": 6, "float32": 7, "float64": 8, "bfloat16": 9}
STREAM = 4711


class Array:
    """An array on the device."""

    def __init__(self, host):
        self.host = host

    dtype = property(lambda self: self.host.dtype)
    size = property(lambda self: self.host.size)
    nbytes = property(lambda self: self.host.nbytes)
    flags = property(lambda self: self.host.flags)

    @property
    def data(self):
        return types.SimpleNamespace(ptr=self.host.ctypes.data)

    def copy(self):
        return Array(np.ascontiguousarray(self.host))

    def __setitem__(self, key, value):
        self.host[key] = value.host


def at(pointer, count, kind):
    names = {number: name for name, number in NAMES.items()}
    dtype = np.dtype(getattr(ml_dtypes, names[kind], names[kind]))
    raw = (ctypes.c_uint8 * (count * dtype.itemsize)).from_address(pointer)
    return np.frombuffer(raw, dtype)


def fake_cupy(group, devices=4, available=True):
    """Returns a stand-in whose sums are those of a group of threads."""
    made = types.SimpleNamespace(used=[], calls=[], ids=0)

    def get_unique_id():
        made.ids += 1
        return bytes(range(128))

    class Nccl:
        def __init__(self, ndev, commId, rank):
            assert type(commId) is bytes
            assert len(commId) == 128
            made.calls.append(("init", ndev, commId[:2], rank))

        def allReduce(self, sendbuf, recvbuf, count, datatype, op, stream):
            assert (op, stream) == (0, STREAM)
            made.calls.append(("allReduce", datatype))
            group.all_reduce(at(sendbuf, count, datatype), at(recvbuf, count, datatype))

        def broadcast(self, sendbuff, recvbuff, count, datatype, root, stream):
            assert (root, stream) == (0, STREAM)
            assert sendbuff == recvbuff
            group.broadcast(at(recvbuff, count, datatype))

    class Device:
        def __init__(self, number):
            self.number = number

        def use(self):
            made.used.append(self.number)

    made.cuda = types.SimpleNamespace(
        Device=Device,
        get_current_stream=lambda: types.SimpleNamespace(ptr=STREAM),
        runtime=types.SimpleNamespace(getDeviceCount=lambda: devices),
    )
    made.nccl = types.SimpleNamespace(
        NcclCommunicator=Nccl, get_unique_id=get_unique_id, available=available
    )
    return made


def with_nccl(monkeypatch, work, size=2, **options):
    """Runs `work(communicator, stand-in)` as each of a group's members."""
    made = {}

    def run(group):
        made[group.rank] = cupy = fake_cupy(group, **options)
        group.barrier()
        # `import_module` finds one module for all threads: each asks for its own.
        return work(NcclCommunicator(group), cupy)

    ranks = threading.local()

    class Module:
        def __getattr__(self, name):
            return getattr(made[ranks.value], name)

    class Calls:
        def __getattr__(self, name):
            return getattr(made[ranks.value].nccl, name)

    # The module is no attribute of `cupy.cuda` before it is imported.
    monkeypatch.setitem(sys.modules, "cupy", Module())
    monkeypatch.setitem(sys.modules, "cupy.cuda.nccl", Calls())

    def ranked(group):
        ranks.value = group.rank
        return run(group)

    return as_group(size, ranked)


@pytest.fixture(autouse=True)
def _no_told_places(monkeypatch):
    for name in ("LOCAL_RANK", "SLURM_LOCALID"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("dtype", sorted(NAMES))
def test_sums_have_the_numbers_of_their_dtypes(monkeypatch, dtype):
    kind = getattr(ml_dtypes, dtype, dtype)

    def work(group, cupy):
        x = Array(np.arange(6).reshape(2, 3).astype(kind))
        to = Array(np.zeros((2, 3), kind))
        group.all_reduce(x, to)
        return to.host.astype(int).tolist(), cupy.calls[-1]

    expected = ([[0, 2, 4], [6, 8, 10]], ("allReduce", NAMES[dtype]))
    assert with_nccl(monkeypatch, work) == [expected] * 2


def test_the_first_hands_out_the_id_and_each_takes_a_gpu(monkeypatch):
    def work(group, cupy):
        assert group.device == group.rank
        return cupy.calls[0], cupy.used, cupy.ids

    made = with_nccl(monkeypatch, work, size=3)
    assert made == [
        (("init", 3, b"\x00\x01", rank), [rank], int(rank == 0)) for rank in range(3)
    ]


def test_a_process_that_was_shown_one_gpu_takes_that(monkeypatch):
    made = with_nccl(monkeypatch, lambda group, cupy: cupy.used, devices=1)
    assert made == [[0], [0]]


def test_more_processes_than_gpus_are_refused(monkeypatch):
    with pytest.raises(BackendError, match="Start 2 processes here"):
        with_nccl(monkeypatch, lambda *_: None, size=3, devices=2)


def test_rows_that_lie_apart_are_copied(monkeypatch):
    def work(group, cupy):
        whole = np.zeros((2, 4), "float32")
        group.all_reduce(Array(np.ones((2, 2), "float32")), Array(whole[:, 1:3]))
        return whole.tolist()

    assert with_nccl(monkeypatch, work) == [[[0.0, 2.0, 2.0, 0.0]] * 2] * 2


@pytest.mark.parametrize("dtype", ["int64", "bool", "float16", "uint32"])
def test_the_first_gives_its_array_to_all(monkeypatch, dtype):
    def work(group, cupy):
        x, host = Array(np.full(3, group.rank, dtype)), np.full(2, group.rank)
        group.broadcast(x)
        group.broadcast(host)
        return x.host.tolist(), host.tolist()

    assert with_nccl(monkeypatch, work) == [([0] * 3, [0] * 2)] * 2


def test_arrays_of_the_host_and_messages_go_the_other_way(monkeypatch):
    def work(group, cupy):
        x = np.ones(2)
        group.all_reduce(x, x)
        group.barrier()
        return x.tolist(), group.gather(group.rank), len(cupy.calls)

    assert with_nccl(monkeypatch, work) == [([2.0, 2.0], [0, 1], 1)] * 2


def test_a_dtype_that_nccl_has_not_is_named(monkeypatch):
    def work(group, cupy):
        x = Array(np.ones(2, "complex64"))
        group.all_reduce(x, x)

    with pytest.raises(BackendError, match="Received: an array of complex64"):
        with_nccl(monkeypatch, work)


def test_a_missing_library_is_named(monkeypatch):
    with pytest.raises(BackendError, match="pip install nvidia-nccl-cu13"):
        with_nccl(monkeypatch, lambda *_: None, available=False)


def test_a_failure_is_told_by_the_other_way(monkeypatch):
    told = []

    def work(group, cupy):
        group._group.abort = told.append
        group.abort("lost")

    with_nccl(monkeypatch, work)
    assert told == ["lost", "lost"]
