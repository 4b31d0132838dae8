"""Files that Keras 3.15.1 wrote: they load, predict, train on, and are written alike.

`golden/*.npz` holds, for each `.keras` file, inputs, targets, what Keras predicted, and
what it predicted after one more training step (which shows the optimizer's state).
"""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import kerasish as keras
from kerasish.core.config_forms import lowest_common_config

GOLDEN = Path(__file__).parent / "golden"
# bfloat16 has 8 bits of mantissa, float16 11, and both round at other places than in
# PyTorch.
TOLERANCES = {
    "mixed_bfloat16": 1e-2,
    "functional_mixed_float16": 2e-3,
    "subclassed": 2e-5,
}
NAMES = sorted(path.stem for path in GOLDEN.glob("*.keras"))


def sub_net():
    """Returns the class that `subclassed.keras` was saved with."""
    dense = keras.layers.Dense

    class SubNet(keras.Model):
        def __init__(self, units=6, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.blocks = [dense(units, activation="relu") for _ in range(2)]
            self.heads = {"x": dense(2), "y": dense(1)}
            self.norm = keras.layers.BatchNormalization()
            self.seq = keras.Sequential([dense(4), dense(units)])

        def call(self, x, training=False):
            for block in self.blocks:
                x = block(x)
            x = self.seq(self.norm(x, training=training))
            heads = [self.heads["x"](x), self.heads["y"](x)]
            return keras.ops.concatenate(heads, axis=-1)

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return {"golden>SubNet": SubNet}


def load(name):
    return keras.saving.load_model(GOLDEN / f"{name}.keras", sub_net())


def arrays(name, kind):
    """Returns an array of a golden file, or a dict of them by input or output."""
    with np.load(GOLDEN / f"{name}.npz") as file:
        found = {
            k.partition("__")[2]: file[k] for k in file if k.split("__")[0] == kind
        }
    return found[""] if list(found) == [""] else found


def check(name, model, kind):
    predicted = model.predict(arrays(name, "x"), verbose=0)
    expected = arrays(name, kind)
    if not isinstance(expected, dict):
        predicted, expected = {"": predicted}, {"": expected}
    assert predicted.keys() == expected.keys()
    for key, values in expected.items():
        np.testing.assert_allclose(
            np.asarray(predicted[key], "float32"),
            values,
            atol=TOLERANCES.get(name, 2e-6),
        )


@pytest.mark.parametrize("name", NAMES)
def test_files_of_keras_load_and_train_on(name):
    model = load(name)
    check(name, model, "pred")
    model.train_on_batch(arrays(name, "x"), arrays(name, "y"))
    check(name, model, "pred_step2")


def test_a_loss_that_was_scaled_is_scaled_on():
    optimizer = load("functional_mixed_float16").optimizer
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    assert float(optimizer.dynamic_scale) == 2.0**15
    assert int(optimizer.step_counter) == int(optimizer.iterations) == 3


@pytest.mark.parametrize("name", NAMES)
def test_files_are_written_as_keras_writes_them(name, tmp_path):
    load(name).save(tmp_path / "x.keras")
    theirs, ours = GOLDEN / f"{name}.keras", tmp_path / "x.keras"
    assert layout(ours) == layout(theirs)
    assert config(ours) == config(theirs)


def test_a_fresh_process_loads_a_file_and_imports_h5py_only_then():
    path = GOLDEN / "seq_dense.keras"
    code = (
        "import sys, kerasish as keras\n"
        "keras.saving\n"
        "assert 'h5py' not in sys.modules\n"
        f"print(keras.saving.load_model({str(path)!r}).name)"
    )
    command = [sys.executable, "-c", code]
    root = Path(keras.__file__).parent.parent
    result = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=root
    )
    assert result.stdout.strip() == "seq_dense"


def test_layers_that_two_inner_models_share_stay_shared(tmp_path):
    dense, x = keras.layers.Dense(3), keras.Input((3,))
    inner = [keras.Sequential([keras.Input((3,)), dense]) for _ in range(2)]
    model = keras.Model(x, inner[1](inner[0](x)))
    model.save(tmp_path / "x.keras")
    again = keras.saving.load_model(tmp_path / "x.keras")
    assert again.layers[1].layers[0] is again.layers[2].layers[0]
    np.testing.assert_array_equal(
        np.asarray(again(np.eye(3))), np.asarray(model(np.eye(3)))
    )


def layout(path):
    """Returns groups with their names, and arrays with shapes and types, of weights."""
    found = {}

    def visit(where, item):
        if isinstance(item, h5py.Dataset):
            # Steps are counted in 32 or 64 bits, depending on the backend.
            dtype = "int" if item.dtype.kind == "i" else item.dtype
            found[where] = (item.shape, dtype, item.attrs.get("dtype"))
        else:
            found[where] = item.attrs.get("name")

    data = zipfile.ZipFile(path).read("model.weights.h5")
    with h5py.File(io.BytesIO(data)) as file:
        file.visititems(visit)
    return found


def config(path):
    return plain(json.loads(zipfile.ZipFile(path).read("config.json")))


def plain(data):
    """Brings a config to the form that is independent of backend and version."""
    if isinstance(data, list):
        return [plain(part) for part in data]
    if not isinstance(data, dict):
        return data
    data = {k: plain(v) for k, v in data.items() if k != "shared_object_id"}
    if data.get("class_name") == "LossScaleOptimizer":
        # Keras writes the optimizer that `compile` wrapped, and on loading forgets to
        # wrap it again, and its state, in functional models.
        data = data["config"]["inner_optimizer"]
    if "class_name" in data and isinstance(data.get("config"), dict):
        data["config"] = lowest_common_config(data["class_name"], data["config"])
        if str(data.get("module")).startswith("keras.src.backend") or (
            data["class_name"] == "SubNet"
        ):
            del data["module"], data["registered_name"]
        elif data.get("module") == "keras.optimizers":
            del data["module"], data["registered_name"]
    return data
