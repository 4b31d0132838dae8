"""The variables of optimizers: order, names, saving."""

import numpy as np
import pytest

from kerasish import Variable, initializers, ops, optimizers
from kerasish.core.errors import ModelFileError
from tests.kerasish.optimizers.stored import identify, start, stored


def built(**kw):
    optimizer = optimizers.SGD(0.5, momentum=0.9, **kw)
    optimizer.build([Variable(np.ones((2, 3), "float32"), name="kernel")])
    return optimizer


@pytest.mark.parametrize("row", stored()["layouts"], ids=identify)
def test_variables_stand_as_in_keras(row):
    optimizer = getattr(optimizers, row["cls"])(**row["kw"], name="it")
    optimizer.build(start(["a", "c", "q"]))
    assert optimizer.variables[0].path == "it/iteration"
    for v, (path, shape) in zip(optimizer.variables, row["variables"], strict=True):
        name = path.split("/")[-1]
        assert v.name == name or name.startswith("variable_")  # Keras made that up
        assert list(v.shape) == shape


@pytest.mark.parametrize("row", stored()["layouts"][::2], ids=identify)
def test_slots_are_made_once(row):
    optimizer, weights = getattr(optimizers, row["cls"])(), start(["a"])
    optimizer.build(weights)
    count = len(optimizer.variables)
    optimizer.build(weights)
    assert len(optimizer.variables) == count


def test_variables_that_subclasses_add():
    optimizer = optimizers.SGD()
    kernel = Variable(np.ones((2, 3), "float16"), name="kernel")
    ones = optimizer.add_variable((2,), "ones", "float32", name="a")
    slot = optimizer.add_variable_from_reference(kernel, "b", initializers.Constant(3))
    assert ones.numpy().tolist() == [1.0, 1.0] and not ones.trainable
    assert slot.shape == (2, 3) and slot.dtype == "float16" and slot.name == "kernel_b"
    assert float(ops.max(slot)) == 3.0
    left, right = optimizer.add_optimizer_variables(
        [kernel], ["left", "right"], ["zeros", "ones"]
    )
    assert float(left[0].numpy().max()) == 0.0 and float(right[0].numpy().min()) == 1.0


def test_assigning_casts():
    optimizer, v = optimizers.SGD(), Variable(np.ones(2, "float16"))
    optimizer.assign(v, np.full(2, 3.0, "float32"))
    optimizer.assign_add(v, np.full(2, 2.0, "float32"))
    optimizer.assign_sub(v, np.full(2, 1.0, "float32"))
    assert v.numpy().tolist() == [4.0, 4.0] and v.dtype == "float16"


def test_state_goes_out_and_in():
    optimizer, other = built(), built()
    optimizer.variables[2].assign(np.arange(6.0).reshape(2, 3))
    store = {}
    optimizer.save_own_variables(store)
    assert list(store) == ["0", "1", "2"]
    other.load_own_variables({key: v.numpy() for key, v in store.items()})
    assert other.variables[2].numpy().ravel().tolist() == [0, 1, 2, 3, 4, 5]
    with pytest.raises(ModelFileError, match="has 3 variables, but 2 were saved"):
        other.load_own_variables({"0": 0, "1": 0.1})
    with pytest.raises(ValueError, match="needs 3 arrays"):
        other.set_weights([0])
