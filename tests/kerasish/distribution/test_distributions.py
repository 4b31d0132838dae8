"""Distributions as Keras has them."""

import types

import numpy as np
import pytest

import kerasish as keras
from kerasish.backends.communication import Communicator, current, group_scope
from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    BackendError,
    KerasishWarning,
)
from kerasish.distribution import (
    DataParallel,
    DeviceMesh,
    LayoutMap,
    ModelParallel,
    TensorLayout,
    distribute_tensor,
    distribution,
    distributions,
    set_distribution,
)


@pytest.fixture
def pair():
    """The second of two processes."""
    made = Communicator(1, 2)
    with group_scope(made):
        yield made


def test_one_process_has_one_device_and_no_group():
    made = DataParallel()
    assert made.device_mesh.shape == (1,)
    assert made.batch_dim_name == "batch"
    assert made.auto_shard_dataset is True
    assert (made.num_processes, made.num_model_replicas, made.data_shard_id) == (
        1,
        1,
        0,
    )
    assert repr(made).startswith("<DataParallel device_mesh=<DeviceMesh shape=(1,)")
    with made.scope():
        assert distribution() is made
        assert current() is None
    assert distribution() is None


def test_a_process_knows_its_part(pair):
    made = DataParallel(auto_shard_dataset=False)
    assert made.device_mesh.devices == ["cpu:0", "cpu:1"]
    assert (made.num_processes, made.num_model_replicas, made.data_shard_id) == (
        2,
        2,
        1,
    )
    assert made.auto_shard_dataset is False
    with group_scope(None), made.scope():
        assert current() is pair


def test_a_distribution_of_the_whole_process(pair):
    made = DataParallel(DeviceMesh((2,), ["data"], ["cpu:0", "cpu:1"]))
    assert made.batch_dim_name == "data"
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


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((None, ["cpu:0", "cpu:1"]), ArgumentError, "mpiexec -n 4 python train.py"),
        ((DeviceMesh((1,), ["x"]), ["cpu:0"]), ArgumentError, "not both"),
        (("batch",), ArgumentTypeError, "must be a `DeviceMesh`"),
        (
            (DeviceMesh((1, 2), ["batch", "model"], ["cpu:0", "cpu:1"]),),
            ArgumentError,
            "a model is not cut into parts",
        ),
    ],
)
def test_what_cannot_work_is_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        DataParallel(*arguments)


def test_models_are_not_cut():
    layouts = LayoutMap(DeviceMesh((1,), ["model"]))
    with pytest.raises(
        BackendError, match=r"Use `keras.distribution.DataParallel\(\)`"
    ):
        ModelParallel(layout_map=layouts, batch_dim_name="batch")


def test_tensors_stay_where_they_are():
    x = keras.ops.ones(2)
    mesh = DeviceMesh((2,), ["batch"], ["cpu:0", "cpu:1"])
    assert distribute_tensor(x, TensorLayout((None,), mesh)) is x
    assert distribute_tensor(x, TensorLayout(("batch",))) is x
    one = DeviceMesh((1,), ["batch"])
    assert distribute_tensor(x, TensorLayout(("batch",), one)) is x
    with pytest.raises(BackendError, match="cannot share out a tensor"):
        distribute_tensor(x, TensorLayout(("batch",), mesh))


def test_gpus_that_nobody_uses_are_told(monkeypatch):
    backend = types.SimpleNamespace(name="cupy", device_count=4)
    monkeypatch.setattr(distributions, "current_backend", lambda: backend)
    with pytest.warns(KerasishWarning, match="has 4 GPUs and `DataParallel` uses one"):
        DataParallel()
