"""Files that cannot be read or written, and models that do not fit them."""

import h5py
import numpy as np
import pytest

import kerasish as keras
from kerasish import callbacks, layers
from kerasish.core.errors import DataWarning, KerasishWarning
from tests.reliability.builders import case, fit, regressor

load = keras.models.load_model


class Custom(layers.Layer):
    def call(self, x):
        return x


class Held(layers.Layer):
    def __init__(self, held):
        super().__init__()
        self.held = held

    def call(self, x):
        return x


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    """Lets every test write into a folder of its own."""
    monkeypatch.chdir(tmp_path)


def written(path, data=b""):
    with open(path, "wb") as file:
        file.write(data)
    return path


def cut():
    regressor().save("m.keras")
    with open("m.keras", "rb") as file:
        data = file.read()
    load(written("m.keras", data[: len(data) // 2]))


def flipped(path, save, read):
    """Writes a file of mostly weights and reads it with one bit flipped."""
    model = keras.Sequential([layers.Input((64,)), layers.Dense(64, name="big")])
    save(model, path)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[int(len(data) * 0.6)] ^= 1
    read(model, written(path, bytes(data)))


def row_of(*names):
    found = [layers.Dense(4, name=name) for name in names]
    return keras.Sequential([layers.Input((4,)), *found])


def moved(source, target):
    source.save_weights("w.weights.h5")
    target.load_weights("w.weights.h5")


def with_layer(layer):
    keras.Sequential([layers.Input((4,)), layer]).save("c.keras")
    return "c.keras"


def in_a_new_folder(action):
    import os

    os.mkdir("folder.keras")
    return action("folder.keras")


def saved_twice():
    regressor().save("m.keras")
    regressor().save("m.keras", overwrite=False)


READ = [
    case("missing", lambda: load("no.keras"), FileNotFoundError, "'no.keras'"),
    case("ending", lambda: load(written("a.xyz")), ValueError, "`.keras`.*a.xyz"),
    case("empty", lambda: load(written("e.keras")), ValueError, "'e.keras' is empty"),
    case("cut", cut, ValueError, "'m.keras' is truncated or damaged"),
    case(
        "bit_of_a_model",
        lambda: flipped("m.keras", lambda m, p: m.save(p), lambda m, p: load(p)),
        ValueError,
        "'model.weights.h5' of 'm.keras' is damaged",
    ),
    case(
        "bit_of_weights",
        lambda: flipped(
            "m.weights.h5",
            lambda m, p: m.save_weights(p),
            lambda m, p: m.load_weights(p),
        ),
        ValueError,
        "`Dense` 'big' in 'm.weights.h5'.*checksum",
    ),
    case(
        "folder", lambda: in_a_new_folder(load), ValueError, "'folder.keras' is a fol"
    ),
    case(
        "missing_weights",
        lambda: regressor().load_weights("no.weights.h5"),
        FileNotFoundError,
        "'no.weights.h5'",
    ),
    case(
        "text",
        lambda: regressor().load_weights(written("t.weights.h5", b"hello")),
        ValueError,
        "'t.weights.h5' is no HDF5 file",
    ),
    case(
        "shape",
        lambda: moved(regressor(), regressor(3)),
        ValueError,
        r"`Dense` 'out' has the shape \(4, 3\), but .* has \(4, 1\)",
    ),
    case(
        "more_layers",
        lambda: moved(row_of("a"), row_of("a", "b")),
        ValueError,
        "`Dense` 'b' needs 2 weights",
    ),
    case(
        "swapped",
        lambda: moved(row_of("a", "b"), row_of("b", "a")),
        ValueError,
        "another order: 'b' would get the weights of 'a'.*Nothing was loaded",
    ),
    case(
        "not_built",
        lambda: moved(regressor(), keras.Sequential([layers.Dense(1)])),
        ValueError,
        "'sequential_1': it is not built yet",
    ),
    case(
        "custom",
        lambda: load(with_layer(Custom())),
        ValueError,
        "Could not locate class 'Custom'.*`custom_objects=",
    ),
]
WRITE = [
    case(
        "what_is_no_data",
        lambda: with_layer(Held(object())),
        (ValueError, NotImplementedError),
        "Held",
    ),
    case("ending", lambda: regressor().save("a.xyz"), ValueError, "`.keras`.*a.xyz"),
    case("no_ending", lambda: regressor().save("a"), ValueError, "`.keras`.*=a"),
    case(
        "ending_of_weights",
        lambda: regressor().save_weights("a.h6"),
        ValueError,
        "`.weights.h5`.*a.h6",
    ),
    case(
        "no_folder",
        lambda: regressor().save("no/m.keras"),
        FileNotFoundError,
        "'no/m.keras': the folder .* does not exist",
    ),
    case(
        "no_folder_of_weights",
        lambda: regressor().save_weights("no/m.weights.h5"),
        FileNotFoundError,
        "the folder .* does not exist",
    ),
    case(
        "onto_a_folder",
        lambda: in_a_new_folder(regressor().save),
        ValueError,
        "'folder.keras': it is a folder",
    ),
    case(
        "exists", saved_twice, FileExistsError, "'m.keras' exists. Pass `overwrite=Tr"
    ),
    case(
        "not_built",
        lambda: keras.Sequential([layers.Dense(1)]).save_weights("m.weights.h5"),
        ValueError,
        "'sequential': it is not built yet",
    ),
    case(
        "checkpoint_onto_a_folder",
        lambda: in_a_new_folder(
            lambda path: fit(regressor(), callbacks=[callbacks.ModelCheckpoint(path)])
        ),
        OSError,
        "`filepath` of `ModelCheckpoint` must be a file.*'folder.keras'",
    ),
]


@pytest.mark.parametrize(("action", "error", "match"), [*READ, *WRITE])
def test_wrong_files_are_refused(action, error, match):
    with pytest.raises(error, match=match):
        action()


def test_a_lambda_is_told_and_refused():
    with pytest.warns(KerasishWarning, match="saved as bytecode"):
        path = with_layer(layers.Lambda(lambda x: x))
    with pytest.raises(ValueError, match="`safe_mode=False`"):
        load(path)


def test_weights_of_another_dtype_are_told():
    regressor().save_weights("w.weights.h5")
    with h5py.File("w.weights.h5", "a") as file:
        names = []
        file.visititems(
            lambda name, item: names.append(name) if hasattr(item, "dtype") else None
        )
        for name in names:
            whole = file[name][...].astype("int32")
            del file[name]
            file[name] = whole
    with pytest.warns(DataWarning, match="holds float32 but was saved as int32"):
        regressor().load_weights("w.weights.h5")


def test_what_cannot_be_saved_leaves_the_old_file():
    good = regressor()
    good.save("m.keras")
    bad = keras.Sequential([layers.Input((4,)), Held(object())])
    with pytest.raises((ValueError, NotImplementedError), match="Held"):
        bad.save("m.keras")
    kept = load("m.keras")
    np.testing.assert_array_equal(kept.get_weights()[0], good.get_weights()[0])


def test_refused_weights_change_nothing():
    model = row_of("b", "a")
    before = model.get_weights()
    row_of("a", "b").save_weights("w.weights.h5")
    with pytest.raises(ValueError, match="Nothing was loaded"):
        model.load_weights("w.weights.h5")
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
