"""What a layer demands of its inputs."""

import numpy as np
import pytest

from kerasish import layers
from kerasish.layers.base.input_spec import check_inputs


@pytest.mark.parametrize(
    "spec, shape, match",
    [
        ({"ndim": 2}, (1, 2, 3), "expected ndim=2, found ndim=3.*; a `Flatten` layer"),
        ({"ndim": 2}, (3,), "found ndim=1.*; `x.None.` makes a batch of a single"),
        ({"ndim": 4}, (1, 8, 8), "found ndim=3.*, `x.*` adds an axis of channels"),
        ({"ndim": 4}, (1, 8), r"found ndim=2. Full shape received: \(1, 8\)$"),
        ({"min_ndim": 3}, (1, 2), "min_ndim=3"),
        ({"max_ndim": 1}, (1, 2), "max_ndim=1"),
        ({"axes": {-1: 4}}, (1, 2), "axis -1"),
        ({"shape": (None, 3)}, (1, 2), "expected shape"),
        ({"dtype": "int32"}, (1, 2), "expected dtype"),
    ],
)
def test_problems_are_named(spec, shape, match):
    layer = layers.Identity(name="lay")
    layer.input_spec = layers.InputSpec(**spec)
    with pytest.raises(ValueError, match=f"'lay'.*{match}"):
        layer(np.ones(shape))


def test_squeezing_optional_and_several():
    spec = layers.InputSpec(shape=(None, 3, 1), allow_last_axis_squeeze=True)
    assert spec.problem(np.ones((2, 3))) is None
    assert layers.InputSpec(shape=(1,), optional=True).problem(None) is None
    assert "not None" in layers.InputSpec(ndim=1).problem(None)
    with pytest.raises(ValueError, match=r"expects 2 input\(s\)"):
        check_inputs([spec, spec], [np.ones(3)], layers.Identity())
    with pytest.raises(TypeError, match="must be tensors"):
        check_inputs(spec, "x", layers.Identity())
    with pytest.raises(ValueError, match="must be within 2 axes"):
        layers.InputSpec(ndim=2, axes={3: 1})


def test_config():
    spec = layers.InputSpec(ndim=2, axes={-1: 3})
    again = layers.InputSpec.from_config(spec.get_config())
    assert repr(again) == repr(spec) == "InputSpec(ndim=2, axes={-1: 3})"
