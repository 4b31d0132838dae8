"""What a group does with nothing but bytes."""

import ml_dtypes
import numpy as np
import pytest

from kerasish.backends.communication.communicator import Communicator, is_half
from kerasish.core.errors import BackendError
from tests.backends.communication.threads import as_group


def test_objects_are_gathered_by_rank():
    found = as_group(3, lambda group: group.gather({"rank": group.rank, "x": None}))
    assert found == [[{"rank": r, "x": None} for r in range(3)]] * 3


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint32", "float16"])
def test_arrays_are_added_up_in_place(dtype):
    def work(group):
        x = np.arange(6, dtype=dtype).reshape(2, 3) + np.asarray(group.rank, dtype)
        to = np.empty_like(x)
        group.all_reduce(x, to)
        group.all_reduce(x, x)
        return to, x

    for to, x in as_group(2, work):
        np.testing.assert_array_equal(to, np.arange(6).reshape(2, 3) * 2 + 1)
        np.testing.assert_array_equal(x, to)
        assert x.dtype == dtype


def test_half_precision_is_added_in_float32():
    kind = ml_dtypes.bfloat16
    rows = np.array([256.0, 1.0, 1.0], kind)  # 256 + 1 is 256 in bfloat16

    def work(group):
        x = rows[group.rank :][:1].copy()
        group.all_reduce(x, x)
        return float(x[0])

    assert as_group(3, work) == [258.0] * 3
    assert is_half(rows)


def test_parts_and_scalars_are_written():
    def work(group):
        whole = np.zeros((3, 4), "float32")
        group.all_reduce(np.ones((3, 2), "float32"), whole[:, 1:3])
        number = np.float32(2.0)
        total = np.zeros((), "float32")
        group.all_reduce(number, total)
        return whole.sum(0).tolist(), float(total)

    assert as_group(2, work) == [([0.0, 6.0, 6.0, 0.0], 4.0)] * 2


def test_the_first_gives_its_array_to_all():
    def work(group):
        x = np.full((2, 2), group.rank + 5.0)
        group.broadcast(x)
        group.barrier()
        return x.tolist()

    assert as_group(3, work) == [[[5.0, 5.0], [5.0, 5.0]]] * 3


def test_places_on_a_machine_are_told_or_counted(monkeypatch):
    for name in ("LOCAL_RANK", "SLURM_LOCALID"):
        monkeypatch.delenv(name, raising=False)
    assert as_group(3, lambda group: group.local_rank) == [0, 1, 2]
    monkeypatch.setenv("SLURM_LOCALID", "4")
    assert as_group(2, lambda group: group.local_rank) == [4, 4]
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert as_group(2, lambda group: group.local_rank) == [1, 1]


def test_a_group_says_who_it_is_and_what_it_lacks():
    group = Communicator(1, 4)
    assert repr(group) == "<Communicator rank 1 of 4>"
    with pytest.raises(NotImplementedError, match="no method `together`"):
        group.barrier()
    with pytest.raises(NotImplementedError, match="no method `abort`"):
        group.abort("")


def test_arrays_of_a_device_are_refused():
    class OnDevice:
        dtype = np.dtype("float32")

    def work(group):
        group.all_reduce(OnDevice(), OnDevice())

    with pytest.raises(BackendError, match="Choose the backend, as by"):
        as_group(1, work)
