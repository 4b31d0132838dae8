"""Arguments become tensors, and masks are found."""

import numpy as np

from kerasish import Variable, ops
from kerasish.layers.base.arguments import (
    convert,
    holds_tensors,
    mask_of,
    noted_kwargs,
    with_masks,
)
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

    signature = CallSignature(call)
    both = with_masks(signature, {"inputs": x, "key": x}, {})
    assert both == {"key_mask": x._keras_mask}
    assert with_masks(signature, {"inputs": x, "key": None}, {}) == {
        "mask": x._keras_mask
    }
    own = {"mask": None}
    assert with_masks(signature, {"inputs": x, "mask": x}, own) is own


def test_tensors_are_arguments_and_structures_of_them():
    x = ops.ones((1, 2))
    for held in (x, [x, None], {"a": (x,)}):
        assert holds_tensors(held)
    for other in ([], None, 3, "x", [x, 3]):
        assert not holds_tensors(other)


def test_a_node_notes_masks_of_a_single_tensor_of_the_dtype():
    x, mask = ops.ones((1, 2)), ops.ones((1, 2), "bool")
    filled = {"mask": mask, "training": True}
    assert noted_kwargs((x,), {}, filled, "float32") is filled
    rest = {"training": True}
    assert noted_kwargs((x,), {}, filled, "float16") == rest
    assert noted_kwargs((x, x), {}, filled, "float32") == rest
    assert noted_kwargs(([x],), {}, filled, "float32") == rest
    assert noted_kwargs((x,), {"mask": mask}, filled, "float16") == filled
