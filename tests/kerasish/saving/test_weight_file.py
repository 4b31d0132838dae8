"""The contents of weights files, written and read."""

import io

import h5py
import numpy as np
import pytest

import kerasish as keras
from kerasish.core.errors import (
    DataWarning,
    KerasishWarning,
    ModelFileError,
    SerializationError,
)
from kerasish.saving.weight_file import (
    check_built,
    read_weights,
    scales_loss,
    write_weights,
)
from tests.kerasish.saving.nets import Scale, Stack, stack, values


class Sgd:
    """Stands for an optimizer with two scalars and, once built, a slot for each."""

    name = "sgd"

    def __init__(self, steps=0):
        self.built = False
        self.variables = [Scale().add_weight(name="n") for _ in range(2)]
        self.variables[0].assign(steps)

    def build(self, variables):
        self.built = True
        self.variables += [Scale().add_weight(shape=v.shape) for v in variables]

    def save_own_variables(self, store):
        for i, v in enumerate(self.variables):
            store[str(i)] = v

    load_own_variables = Scale.load_own_variables
    _own_variables = property(lambda self: self.variables)


class Net(Stack):
    """A stack with an optimizer."""

    def __init__(self, optimizer, **kwargs):
        super().__init__(**kwargs)
        self.optimizer = optimizer


def net(optimizer=None):
    made = Net(optimizer or Sgd(), name="net")
    made.build((None, 3))
    return made


def edited(data, edit):
    buffer = io.BytesIO(data)
    with h5py.File(buffer, "r+") as file:
        edit(file)
    return buffer.getvalue()


def put(file, path, value):
    del file[path]
    file[path] = value


def test_layout_is_that_of_keras():
    with h5py.File(io.BytesIO(write_weights(stack("a", "b", name="net")))) as file:
        found = []
        file.visit(found.append)
        names = [file[p].attrs.get("name") for p in found if p.endswith("vars")]
    assert found == [
        "scales",
        "scales/scale",
        "scales/scale/vars",
        "scales/scale/vars/0",
        "scales/scale/vars/1",
        "scales/scale_1",
        "scales/scale_1/vars",
        "scales/scale_1/vars/0",
        "scales/scale_1/vars/1",
        "vars",
    ]
    assert names == ["a", "b", "net"]


def test_round_trip():
    one, two = stack("a", "b"), Stack(("a", "b"))
    two.build((None, 3))
    read_weights(two, write_weights(one), "w")
    assert values(two) == values(one)


def test_files_without_names_and_with_more_groups():
    def edit(file):
        for path in ("vars", "scales/scale/vars", "scales/scale_1/vars"):
            file[path].attrs.pop("name")
        file.create_group("scales/seed_generator/vars")["0"] = [1, 2]
        file.create_group("metrics/mean/vars")["0"] = 1.0

    one = stack("a", "b")
    two = stack("c", "d", width=3)
    read_weights(two, edited(write_weights(one), edit), "w")
    assert values(two) == values(one)


def test_a_misfit_changes_nothing():
    one, two = stack(width=3), stack(width=4)
    before = values(two)
    with pytest.raises(ModelFileError) as caught:
        read_weights(two, write_weights(one), "w.weights.h5")
    text = str(caught.value)
    assert text.startswith("'w.weights.h5' does not fit the model:\nweight '")
    assert text.count("has the shape (4,), but scales/scale") == 2
    assert values(two) == before


def test_long_lists_of_misfits_are_cut():
    one = stack(*[None] * 12, width=3)
    two = stack(*[None] * 12, width=4)
    with pytest.raises(ModelFileError, match=r"\.\.\. and 2 more$"):
        read_weights(two, write_weights(one), "w")


def test_a_model_with_more_layers():
    with pytest.raises(ModelFileError, match="the file has none at 'scales/scale_2/v"):
        read_weights(stack(None, None, None), write_weights(stack()), "w")


def test_a_model_with_fewer_layers():
    one, two = stack(None, None), stack(None)
    with pytest.warns(KerasishWarning, match="of 1 objects .*scales/scale_1/vars"):
        read_weights(two, write_weights(one), "w")
    assert values(two) == values(one)[:2]


def test_skip_mismatch():
    def edit(file):
        put(file, "scales/scale_1/vars/0", np.ones((2, 2)))

    one, two = stack(), stack()
    one.scales[0].scale.assign([7.0, 7.0, 7.0])
    with pytest.warns(KerasishWarning, match="Skipped, as `skip_mismatch=True`"):
        read_weights(two, edited(write_weights(one), edit), "w", skip_mismatch=True)
    assert values(two)[0] == [7.0, 7.0, 7.0]
    assert values(two)[2] == [10.0, 11.0, 12.0]


def test_layers_in_another_order():
    one, two = stack("enc", "dec"), stack("dec", "enc")
    before = values(two)
    with pytest.raises(ModelFileError, match="the same layers in another order: 'dec'"):
        read_weights(two, write_weights(one), "w")
    assert values(two) == before


def test_the_name_of_the_model_does_not_matter():
    one, two = stack("enc", "dec", name="first"), stack("enc", "dec", name="second")
    read_weights(two, write_weights(one), "w")
    assert values(two) == values(one)


def test_a_layer_with_another_name():
    one, two = stack("enc", "dec"), stack("enc", "head")
    with pytest.warns(KerasishWarning, match="'head' gets the weights .* as 'dec'"):
        read_weights(two, write_weights(one), "w")
    assert values(two) == values(one)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.array([1.0, np.nan, 2.0], "float32"), "holds 1 NaN or infinite values"),
        (np.array([1, 2, 3]), "holds float32 but was saved as int64"),
    ],
)
def test_suspicious_values_warn(value, message):
    data = edited(
        write_weights(stack()), lambda f: put(f, "scales/scale/vars/0", value)
    )
    two = stack()
    with pytest.warns(DataWarning, match=f"'w' holds suspicious values:\n.*{message}"):
        read_weights(two, data, "w")
    np.testing.assert_array_equal(two.scales[0].scale.numpy(), value)


def test_damage_in_the_last_array_changes_nothing():
    one, two = stack(), stack()
    one.scales[1].scale.assign([5.0, 6.0, 7.0])
    data = write_weights(one)
    where = data.index(np.array([5.0, 6.0, 7.0], "float32").tobytes())
    broken = data[:where] + b"\1" + data[where + 1 :]
    before = values(two)
    with pytest.raises(
        ModelFileError, match="of `Scale` .* in 'w' cannot be read: '/sc"
    ):
        read_weights(two, broken, "w")
    assert values(two) == before


def test_a_layer_that_refuses_changes_nothing():
    class Picky(Scale):
        def load_own_variables(self, store):
            super().load_own_variables(store)
            raise KeyError("no")

    class Pair(Stack):
        def __init__(self):
            super().__init__((None, None))
            self.scales[1] = Picky()

    two = Pair()
    two.build((None, 3))
    before = values(two)
    data = write_weights(stack())
    data = edited(data, lambda f: f.move("scales/scale_1", "scales/picky"))
    data = edited(data, lambda f: f["scales/picky/vars"].attrs.pop("name"))
    with pytest.raises(ModelFileError, match="`Picky` 'picky.*' could not load its"):
        read_weights(two, data, "w")
    assert values(two) == before


def test_an_error_of_a_file_passes_unchanged():
    class Strict(Stack):
        def load_own_variables(self, store):
            raise ModelFileError("too strict")

    two = Strict()
    two.build((None, 3))
    with pytest.raises(ModelFileError, match="^too strict$"):
        read_weights(two, write_weights(stack()), "w")


def test_the_layout_before_version_3_has_another_name_for_layers():
    class Model(Stack):
        layers = property(lambda self: self.scales)

    def edit(file):
        file.move("layers", "_layer_checkpoint_dependencies")

    one, two = Model(("a", "b")), Model(("a", "b"))
    for made in (one, two):
        made.names = ()
        made.layers_list = made.scales
        made.build((None, 3))
    one.scales[0].scale.assign([4.0, 5.0, 6.0])
    read_weights(two, edited(write_weights(one), edit), "w")
    assert values(two) == values(one)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda f: put(f, "vars", 3), "'vars' must be a group, but is an array"),
        (
            lambda f: f.attrs.__setitem__("layer_names", ["a"]),
            "layout of Keras 1 and 2",
        ),
        (lambda f: f.create_group("model_weights"), "layout of Keras 1 and 2"),
    ],
)
def test_wrong_layouts(edit, message):
    with pytest.raises(ModelFileError, match=message):
        read_weights(stack(), edited(write_weights(stack()), edit), "w")


def test_models_that_are_not_built():
    with pytest.raises(
        SerializationError, match="Cannot load weights into `Stack` 's'"
    ):
        read_weights(Stack(name="s"), b"", "w")
    with pytest.raises(SerializationError, match="Cannot save .*: it is not built yet"):
        check_built(Stack(), "save")


def test_the_state_of_an_optimizer():
    one = net(Sgd(steps=7))
    one.optimizer.build(one.trainable_variables)
    one.optimizer.variables[2].assign([1.0, 2.0, 3.0])
    data = write_weights(one)
    two = net()
    read_weights(two, data, "w")
    assert two.optimizer.built
    assert float(two.optimizer.variables[0]) == 7
    assert two.optimizer.variables[2].numpy().tolist() == [1.0, 2.0, 3.0]
    three = net()
    read_weights(three, data, "w", with_optimizer=False)
    assert not three.optimizer.built
    read_weights(net(), write_weights(one, with_optimizer=False), "w")


def test_an_optimizer_that_had_not_stepped():
    two = net()
    two.optimizer.build(two.trainable_variables)
    read_weights(two, write_weights(net(Sgd(steps=5))), "w")
    assert float(two.optimizer.variables[0]) == 5


def test_an_optimizer_of_another_kind_keeps_its_state():
    one, two = net(Sgd(steps=7)), net()
    one.optimizer.build(one.trainable_variables[:1])
    with pytest.warns(
        KerasishWarning, match="state of the optimizer was not loaded: `"
    ):
        read_weights(two, write_weights(one), "w")
    assert float(two.optimizer.variables[0]) == 0


def test_a_file_tells_whether_the_loss_was_scaled():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert not scales_loss(write_weights(model), "x")
    model.compile(keras.optimizers.LossScaleOptimizer(model.optimizer), "mse")
    assert scales_loss(write_weights(model), "x")
    with pytest.raises(ModelFileError, match="'x'"):
        scales_loss(b"nothing", "x")
