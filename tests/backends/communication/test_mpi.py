"""Processes by MPI: a stand-in for mpi4py, and in earnest where it is installed."""

import sys
import types

import ml_dtypes
import numpy as np
import pytest

from kerasish.backends.communication import MpiCommunicator
from kerasish.core.errors import BackendError
from tests.backends.communication.launching import by_mpiexec, has_mpi

needs_mpi = pytest.mark.skipif(not has_mpi(), reason="mpi4py or mpiexec is missing")


class Comm:
    """A world in which the other process gives the same again."""

    def __init__(self):
        self.reduced, self.aborted = [], []

    def Get_rank(self):
        return 1

    def Get_size(self):
        return 2

    def allgather(self, payload):
        return [payload, payload]

    def Allreduce(self, source, to):
        assert to.dtype.name not in ("float16", "bfloat16")
        assert to.flags.c_contiguous
        self.reduced.append(source is IN_PLACE)
        to[...] = (to if source is IN_PLACE else source) * 2

    def Abort(self, code):
        self.aborted.append(code)


IN_PLACE = object()


@pytest.fixture
def comm(monkeypatch):
    made = Comm()
    module = types.SimpleNamespace(IN_PLACE=IN_PLACE, COMM_WORLD=made)
    monkeypatch.setitem(sys.modules, "mpi4py.MPI", module)
    monkeypatch.setitem(sys.modules, "mpi4py", types.SimpleNamespace(MPI=module))
    return made


def test_the_world_is_the_group(comm):
    group = MpiCommunicator()
    assert (group.rank, group.size) == (1, 2)
    assert group.gather("x") == ["x", "x"]
    group.abort("lost")
    assert comm.aborted == [1]


@pytest.mark.parametrize("dtype", ["float32", "float16", ml_dtypes.bfloat16])
def test_sums_are_written_where_they_are_wanted(comm, dtype):
    group = MpiCommunicator(comm)
    x, to = np.arange(4).astype(dtype), np.empty(4, dtype)
    group.all_reduce(x, to)
    assert to.astype(float).tolist() == [0.0, 2.0, 4.0, 6.0]
    group.all_reduce(x, x)
    assert x.astype(float).tolist() == [0.0, 2.0, 4.0, 6.0]


def test_the_memory_of_the_operand_may_be_that_of_the_sum(comm):
    group, x = MpiCommunicator(comm), np.arange(4.0)
    group.all_reduce(x, x[:])
    assert x.tolist() == [0.0, 2.0, 4.0, 6.0]
    group.all_reduce(x[:2], x[2:])
    assert x.tolist() == [0.0, 2.0, 0.0, 4.0]
    group.all_reduce(x[1::2], x[:2])  # rows that lie apart are copied first
    assert x.tolist() == [4.0, 8.0, 0.0, 4.0]
    assert comm.reduced == [True, False, False]
    whole = np.zeros((2, 4))
    group.all_reduce(np.ones((2, 2)), whole[:, 1:3])
    assert whole.sum() == 8


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py.MPI", None)
    with pytest.raises(BackendError, match=r'pip install "kerasish\[mpi\]"'):
        MpiCommunicator()


@needs_mpi
def test_processes_in_earnest():
    made = by_mpiexec(
        3,
        """
        import numpy as np
        from kerasish.backends.communication import MpiCommunicator

        group = MpiCommunicator()
        x = np.full(3, group.rank + 1.0, "float32")
        group.all_reduce(x, x)
        half = np.full(2, 0.5, "float16")
        group.all_reduce(half, half)
        first = np.full(2, group.rank)
        group.broadcast(first)
        found = group.gather(group.local_rank)
        assert x.tolist() == [6.0] * 3, x
        assert half.tolist() == [1.5] * 2, half
        assert first.tolist() == [0] * 2, first
        assert found == [0, 1, 2], found
        """,
    )
    assert made.returncode == 0, made.stderr


@needs_mpi
def test_a_failing_process_ends_all():
    made = by_mpiexec(
        2,
        """
        import kerasish as keras
        from kerasish.backends.communication import current

        with keras.distribution.DataParallel().scope():
            if current().rank == 1:
                raise KeyError("lost")
            current().barrier()
        """,
        timeout=60,
    )
    assert made.returncode != 0
    assert "KeyError: 'lost'" in made.stderr
