"""`.keras` files: round trips, and what is said about files that cannot be loaded."""

import io
import json
import zipfile

import pytest

from kerasish import saving
from kerasish.core.errors import (
    ArgumentError,
    KerasishWarning,
    ModelFileError,
    SerializationError,
    UnsafeModelError,
)
from kerasish.saving.archive import write_archive
from tests.kerasish.saving.nets import Stack, stack, values

CUSTOM = {"Stack": Stack}
METADATA = '{"keras_version": "3.4.1", "date_saved": "2024-01-01@00:00:00"}'


class Model(Stack):
    """A stack that is built from its config, and compiled."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.compiled_with = None

    def get_compile_config(self):
        return {"loss": self.compiled_with}

    def compile_from_config(self, config):
        self.compiled_with = config["loss"]


def members(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_round_trip(tmp_path):
    one = stack("a", "b", name="net")
    path = tmp_path / "x.keras"
    saving.save_model(one, path)
    two = saving.load_model(str(path), custom_objects=CUSTOM)
    assert type(two) is Stack
    assert two.name == "net"
    assert values(two) == values(one)


def test_members_are_those_of_keras(tmp_path):
    path = tmp_path / "x.keras"
    saving.save_model(stack(name="net"), path)
    found = members(path)
    assert list(found) == ["metadata.json", "config.json", "model.weights.h5"]
    metadata = json.loads(found["metadata.json"])
    assert metadata["keras_version"] == "3.4.1"
    assert len(metadata["date_saved"]) == len("2024-01-01@00:00:00")
    config = json.loads(found["config.json"])
    assert config == {
        "module": Stack.__module__,
        "class_name": "Stack",
        "config": {
            "name": "net",
            "trainable": True,
            "dtype": "float32",
            "names": [None, None],
        },
        "registered_name": "Stack",
        "build_config": {"input_shape": [None, 3]},
    }


def test_compile_arguments(tmp_path):
    one = Model(("a", "b"))
    one.build((None, 3))
    one.compiled_with = "mse"
    path = tmp_path / "x.keras"
    saving.save_model(one, path)
    load = saving.load_model
    assert load(path, {"Model": Model}).compiled_with == "mse"
    assert load(path, {"Model": Model}, compile=False).compiled_with is None


def test_a_model_that_is_not_built(tmp_path):
    path = tmp_path / "x.keras"
    saving.save_model(Stack(), path)
    assert not saving.load_model(path, CUSTOM).built


def test_weights_that_have_nowhere_to_go():
    class Late(Stack):
        def get_build_config(self):
            return None

    late = Late()
    late.build((None, 3))
    data = saving.model_to_bytes(late)
    with pytest.raises(ModelFileError, match="holds weights, but its `Late` is not b"):
        saving.model_from_bytes(data, custom_objects={"Late": Late})


def test_bytes():
    one = stack("a", "b")
    data = saving.model_to_bytes(one, include_optimizer=False)
    assert values(saving.model_from_bytes(data, custom_objects=CUSTOM)) == values(one)


def test_json():
    one = stack("a", "b")
    text = json.dumps(saving.serialize_keras_object(one))
    two = saving.model_from_json(text, CUSTOM)
    assert two.names == ["a", "b"]
    assert two.built
    with pytest.raises(ArgumentError, match="the string that `model.to_json"):
        saving.model_from_json({"class_name": "Stack"})
    with pytest.raises(ModelFileError, match="`json_string` is not valid JSON"):
        saving.model_from_json("{")
    with pytest.raises(ModelFileError, match="an object with `class_name`|JSON object"):
        saving.model_from_json("[]")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filepath": "x.foo"}, "a file whose name ends in `.keras`.*x.foo"),
        ({"filepath": "x.h5"}, "a file whose name ends in `.keras`"),
        ({"save_format": "h5"}, r"does not know the arguments \['save_format'\]"),
        ({"zipped": False}, "`zipped` must be None or True"),
    ],
)
def test_wrong_arguments_of_save(arguments, message):
    arguments = {"filepath": "x.keras", **arguments}
    with pytest.raises(ArgumentError, match=message):
        saving.save_model(stack(), **arguments)


def test_wrong_paths_of_load(tmp_path):
    with pytest.raises(ArgumentError, match="models are loaded from `.keras` files"):
        saving.load_model(tmp_path / "x.foo")
    with pytest.raises(ArgumentError, match="Legacy HDF5 models cannot be read here"):
        saving.load_model(tmp_path / "x.h5")
    with pytest.raises(FileNotFoundError, match="File not found"):
        saving.load_model(tmp_path / "x.keras")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        saving.save_model(stack(), tmp_path / "nowhere" / "x.keras")


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "x.keras"
    saving.save_model(stack("a", "b"), path)
    old = path.read_bytes()
    broken = stack("a", "b")
    broken.names = [object()]
    with pytest.raises(SerializationError, match="<object"):
        saving.save_model(broken, path)
    broken.names = [float("nan")]
    with pytest.raises(SerializationError, match="cannot be written as JSON"):
        saving.save_model(broken, path)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        saving.save_model(stack(), path, overwrite=False)
    with pytest.raises(SerializationError, match="`model` must be a model"):
        saving.save_model("model", path)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["x.keras"]


def test_custom_classes_must_be_given(tmp_path):
    path = tmp_path / "x.keras"
    saving.save_model(stack(), path)
    with pytest.raises(
        SerializationError, match="Could not locate class 'Stack'.*cust"
    ):
        saving.load_model(path)


def test_lambdas(tmp_path):
    net = stack()
    net.names = [lambda x: x]
    with pytest.warns(KerasishWarning, match="only with `safe_mode=False`"):
        saving.save_model(net, tmp_path / "x.keras")

    class Reader(Stack):
        @classmethod
        def from_config(cls, config):
            saving.deserialize_keras_object(config["names"])
            return stack()

    with pytest.raises(UnsafeModelError, match="Python lambda"):
        saving.load_model(tmp_path / "x.keras", {"Stack": Reader})
    saving.load_model(tmp_path / "x.keras", {"Stack": Reader}, safe_mode=False)


def archive(metadata=METADATA, config="{}", weights=b""):
    return write_archive(metadata, config, weights)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive(metadata="{"), "metadata.json of 'x' is not valid JSON"),
        (
            archive(metadata="[]"),
            r"must give the `keras_version` 2 or 3. Received: \[\]",
        ),
        (archive(metadata='{"keras_version": "9"}'), "must give the `keras_version`"),
        (archive(config="{"), "config.json of 'x' is not valid JSON"),
        (
            archive(config="{}"),
            "config.json of 'x' must be a JSON object with `class_n",
        ),
        (
            archive(config='{"class_name": "__ellipsis__", "config": {}}'),
            "A model was expected. Received: the config of a `ellipsis`",
        ),
        (b"PK\x03\x04", "'x' is truncated or damaged"),
    ],
)
def test_damaged_files(data, message):
    with pytest.raises(ModelFileError, match=message):
        saving.model_from_bytes(data, "x")


def test_damaged_weights():
    data = saving.model_to_bytes(stack("a", "b"))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = [file.read(name).decode("latin-1") for name in file.namelist()]
    broken = write_archive(parts[0], parts[1], parts[2].encode("latin-1")[:500])
    with pytest.raises(ModelFileError, match="'x' is truncated or damaged"):
        saving.model_from_bytes(broken, "x", CUSTOM)
