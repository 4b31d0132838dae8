"""Models and tensors stay whole."""

import pytest

from kerasish import ops
from kerasish.core.errors import BackendError
from kerasish.distribution import (
    DeviceMesh,
    LayoutMap,
    ModelParallel,
    TensorLayout,
    distribute_tensor,
)


def test_models_are_not_cut():
    layouts = LayoutMap(DeviceMesh((1,), ["model"]))
    match = r"Use `keras.distribution.DataParallel\(\)`"
    with pytest.raises(BackendError, match=match):
        ModelParallel(layout_map=layouts, batch_dim_name="batch")


def test_tensors_stay_where_they_are():
    x = ops.ones(2)
    mesh = DeviceMesh((2,), ["batch"], ["cpu:0", "cpu:1"])
    assert distribute_tensor(x, TensorLayout((None,), mesh)) is x
    assert distribute_tensor(x, TensorLayout(("batch",))) is x
    one = DeviceMesh((1,), ["batch"])
    assert distribute_tensor(x, TensorLayout(("batch",), one)) is x
    with pytest.raises(BackendError, match="cannot share out a tensor"):
        distribute_tensor(x, TensorLayout(("batch",), mesh))
