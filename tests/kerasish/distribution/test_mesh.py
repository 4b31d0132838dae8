"""Meshes of devices and layouts of tensors."""

import pytest

import kerasish as keras
from kerasish.core.errors import ArgumentError
from kerasish.distribution import DeviceMesh, TensorLayout

PAIR = ["cpu:0", "cpu:1"]


def test_a_mesh_has_shape_names_and_devices():
    mesh = DeviceMesh([2], ("batch",), PAIR)
    assert mesh.shape == (2,)
    assert mesh.axis_names == ["batch"]
    assert mesh.devices == PAIR
    assert repr(mesh) == "<DeviceMesh shape=(2,), axis_names=['batch']>"
    assert DeviceMesh((1,), ["batch"]).devices == keras.distribution.list_devices()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (((), ["batch"]), "must not be empty"),
        (((1,), []), "must not be empty"),
        (((1, 1), ["batch"]), "a name of its own for each axis"),
        (((1, 1), ["a", "a"]), "a name of its own for each axis"),
        (((2,), ["batch"], ["cpu:0"]), r"needs 2 devices.*Received: 1, \['cpu:0'\]"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, match):
    with pytest.raises(ArgumentError, match=match):
        DeviceMesh(*arguments)


def test_a_layout_names_axes_of_a_mesh():
    mesh = DeviceMesh((1,), ["batch"])
    layout = TensorLayout(["batch", None], mesh)
    assert layout.axes == ("batch", None)
    assert layout.device_mesh is mesh
    assert "axes=('batch', None), device_mesh=<DeviceMesh" in repr(layout)
    same = TensorLayout(("batch", None), mesh)
    assert layout == same
    assert hash(layout) == hash(same)
    assert layout != TensorLayout((None, None), mesh)
    assert layout != "batch"


def test_the_mesh_of_a_layout_is_set_once():
    layout = TensorLayout(("batch",))
    assert layout.device_mesh is None
    layout.device_mesh = DeviceMesh((1,), ["batch"])
    with pytest.raises(ArgumentError, match="can be set once"):
        layout.device_mesh = DeviceMesh((1,), ["batch"])
    with pytest.raises(ArgumentError, match=r"names of the mesh's axes \['batch'\]"):
        TensorLayout(("model",), DeviceMesh((1,), ["batch"]))
