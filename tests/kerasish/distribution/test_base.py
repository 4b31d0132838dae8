"""Which distribution is in use, and what it says of processes and layouts."""

import numpy as np
import pytest

import kerasish as keras
from kerasish.backends.communication import Communicator, current, group_scope
from kerasish.core.errors import ArgumentTypeError
from kerasish.distribution import (
    DataParallel,
    DeviceMesh,
    TensorLayout,
    distribution,
    set_distribution,
)


@pytest.fixture
def pair():
    """The second of two processes."""
    made = Communicator(1, 2)
    with group_scope(made):
        yield made


def numbers(made):
    return made.num_processes, made.num_model_replicas, made.data_shard_id


def test_a_scope_is_that_of_its_group(pair):
    made = DataParallel()
    assert numbers(made) == (2, 2, 1)
    with group_scope(None), made.scope():
        assert distribution() is made
        assert current() is pair
    assert distribution() is None


def test_one_process_has_no_group():
    made = DataParallel()
    assert numbers(made) == (1, 1, 0)
    with made.scope():
        assert current() is None
    assert repr(made).startswith("<DataParallel device_mesh=<DeviceMesh shape=(1,)")


def test_a_distribution_of_the_whole_process(pair):
    made = DataParallel(DeviceMesh((2,), ["data"], ["cpu:0", "cpu:1"]))
    with group_scope(None):
        set_distribution(made)
    try:
        assert distribution() is made
        inner = DataParallel()
        with inner.scope():
            assert distribution() is inner
    finally:
        set_distribution(None)
    assert distribution() is None
    with pytest.raises(ArgumentTypeError, match=r"takes a distribution, as"):
        set_distribution("data")


def test_layouts_and_data_sets():
    made = DataParallel()
    mesh = made.device_mesh
    assert made.get_data_layout((8, 3)) == TensorLayout(("batch", None), mesh)
    variable = keras.Variable(np.ones((2, 2)))
    assert made.get_variable_layout(variable) == TensorLayout((None, None), mesh)
    assert made.get_tensor_layout("a/b") is None
    data = [1]
    assert made.distribute_dataset(data) is data
