"""`DataParallel` as Keras has it, with one process for each device."""

import types

import pytest

from kerasish.backends.communication import Communicator, group_scope
from kerasish.core.errors import ArgumentError, ArgumentTypeError, KerasishWarning
from kerasish.distribution import DataParallel, DeviceMesh, data_parallel

PAIR = ["cpu:0", "cpu:1"]


def test_by_default_it_has_the_devices_of_all_processes():
    made = DataParallel()
    assert made.device_mesh.shape == (1,)
    assert made.device_mesh.devices == ["cpu:0"]
    assert made.batch_dim_name == "batch"
    assert made.auto_shard_dataset is True
    with group_scope(Communicator(0, 2)):
        made = DataParallel(auto_shard_dataset=False)
    assert made.device_mesh.devices == PAIR
    assert made.auto_shard_dataset is False


def test_devices_or_a_mesh_may_be_given():
    with group_scope(Communicator(0, 2)):
        assert DataParallel(devices=PAIR).batch_dim_name == "batch"
        mesh = DeviceMesh((2, 1), ["data", "model"], PAIR)
        made = DataParallel(mesh)
    assert made.device_mesh is mesh
    assert made.batch_dim_name == "data"


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((None, PAIR), ArgumentError, "mpiexec -n 4 python train.py"),
        ((DeviceMesh((1,), ["x"]), ["cpu:0"]), ArgumentError, "not both"),
        (("batch",), ArgumentTypeError, "must be a `DeviceMesh`"),
        (
            (DeviceMesh((1, 2), ["batch", "model"], PAIR),),
            ArgumentError,
            "a model is not cut into parts",
        ),
    ],
)
def test_what_cannot_work_is_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        DataParallel(*arguments)


def test_gpus_that_nobody_uses_are_told(monkeypatch):
    backend = types.SimpleNamespace(name="cupy", device_count=4)
    monkeypatch.setattr(data_parallel, "current_backend", lambda: backend)
    with pytest.warns(KerasishWarning, match="has 4 GPUs and `DataParallel` uses one"):
        DataParallel()
