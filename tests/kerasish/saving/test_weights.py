"""`save_weights` and `load_weights`: paths, endings, transactions."""

import pytest

from kerasish import saving
from kerasish.core.errors import ArgumentError, ModelFileError, SerializationError
from kerasish.saving.archive import write_archive
from kerasish.saving.weight_file import write_weights
from tests.kerasish.saving.nets import Scale, Stack, stack, values


def test_round_trip(tmp_path):
    one, two = stack("a", "b"), Stack(("a", "b"))
    two.build((None, 3))
    saving.save_weights(one, tmp_path / "x.weights.h5")
    saving.load_weights(two, str(tmp_path / "x.weights.h5"))
    assert values(two) == values(one)


def test_weights_of_a_keras_file(tmp_path):
    one, two = stack("a", "b"), stack("a", "b", width=3)
    two.scales[0].scale.assign([9.0, 9.0, 9.0])
    path = tmp_path / "x.keras"
    path.write_bytes(write_archive("{}", "{}", write_weights(one)))
    saving.load_weights(two, path)
    assert values(two) == values(one)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda p: saving.save_weights(stack(), p / "x.h5"),
            "must end in `.weights.h5`",
        ),
        (
            lambda p: saving.save_weights(
                stack(), p / "x.weights.h5", max_shard_size=1
            ),
            "`max_shard_size` must be None",
        ),
        (lambda p: saving.load_weights(stack(), p / "x.foo"), "File format not supp"),
        (
            lambda p: saving.load_weights(stack(), p / "x.weights.h5", by_name=True),
            r"Invalid keyword arguments: \['by_name'\]",
        ),
    ],
)
def test_wrong_arguments(tmp_path, call, message):
    with pytest.raises(ArgumentError, match=message):
        call(tmp_path)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="File not found"):
        saving.load_weights(stack(), tmp_path / "x.weights.h5")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        saving.save_weights(stack(), tmp_path / "nowhere" / "x.weights.h5")


def test_damaged_files(tmp_path):
    path = tmp_path / "x.weights.h5"
    path.write_bytes(b"nonsense")
    with pytest.raises(ModelFileError, match="'x.weights.h5' is no HDF5 file"):
        saving.load_weights(stack(), path)


def test_an_old_file_is_replaced_only_if_wanted(tmp_path):
    path = tmp_path / "x.weights.h5"
    saving.save_weights(stack(), path)
    with pytest.raises(FileExistsError, match="Pass `overwrite=True` to replace it"):
        saving.save_weights(stack(), path, overwrite=False)
    saving.save_weights(stack(), path)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    class Broken(Scale):
        def save_own_variables(self, store):
            super().save_own_variables(store)
            raise RuntimeError("half way")

    path = tmp_path / "x.weights.h5"
    saving.save_weights(stack(), path)
    old = path.read_bytes()
    broken = Broken()
    broken.build((None, 3))
    with pytest.raises(RuntimeError, match="half way"):
        saving.save_weights(broken, path)
    with pytest.raises(SerializationError, match="Cannot save the weights of `Stack`"):
        saving.save_weights(Stack(), path)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["x.weights.h5"]
