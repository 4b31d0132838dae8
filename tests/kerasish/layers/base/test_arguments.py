"""Arguments become tensors, and masks are found."""

import numpy as np

from kerasish import Variable, ops
from kerasish.layers.base.arguments import convert, mask_of, with_masks
from kerasish.layers.base.call_signature import CallSignature


def test_conversion():
    assert convert(np.ones(2), "float16", True).dtype == "float16"
    assert convert([1.0, 2.0], None, True).shape == (2,)
    assert convert(3, "float32", True).shape == ()
    assert convert(Variable(np.ones(2)), None, False).shape == (2,)
    found = convert({"a": np.ones(1), "b": "text", "c": None}, "float32", False)
    assert found["a"].dtype == "float32" and found["b"] == "text" and found["c"] is None
    words = np.array(["x"])
    assert convert(words, "float32", True) is words


def test_masks():
    x = ops.ones((1, 2))
    assert mask_of(x) is None and mask_of([x]) is None and mask_of(3) is None
    x._keras_mask = ops.ones((1, 2), "bool")
    assert mask_of([x])[0] is x._keras_mask
    assert convert(x, "float16", True)._keras_mask is x._keras_mask

    def call(inputs, key, mask=None, key_mask=None):
        """Takes masks."""

    found = with_masks(CallSignature(call), {"inputs": x, "key": x}, {})
    assert set(found) == {"mask", "key_mask"}
