"""Layouts of variables by their paths."""

import pytest

from kerasish.core.errors import ArgumentError
from kerasish.distribution import DeviceMesh, LayoutMap, TensorLayout

MESH = DeviceMesh((1,), ["batch"])


def test_expressions_are_looked_for_in_paths():
    layouts = LayoutMap(MESH)
    layouts["dense.*kernel"] = (None, "batch")
    layouts["bias$"] = TensorLayout(("batch",))
    assert layouts.device_mesh is MESH
    assert layouts["model/dense_1/kernel"] is layouts["dense.*kernel"]
    assert layouts["model/dense_1/bias"].device_mesh is MESH
    assert layouts["nothing"] is None
    assert layouts.get("nothing", 3) == 3
    assert layouts.get("x/bias").axes == ("batch",)
    assert list(layouts) == ["dense.*kernel", "bias$"]
    assert len(layouts) == 2
    del layouts["bias$"]
    assert len(layouts) == 1


def test_what_is_not_clear_is_refused():
    layouts = LayoutMap(MESH)
    layouts["kernel"] = ["batch"]
    with pytest.raises(ArgumentError, match="already has a layout for 'kernel'"):
        layouts["kernel"] = ["batch"]
    layouts["dense"] = [None]
    with pytest.raises(ArgumentError, match=r"match 'dense/kernel': \['kernel', 'de"):
        layouts["dense/kernel"]
    with pytest.raises(ArgumentError, match="must be layouts, or tuples of names"):
        layouts["bias"] = "batch"
