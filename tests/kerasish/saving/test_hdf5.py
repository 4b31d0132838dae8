"""HDF5 in memory: what is read and what is refused."""

import io
import zlib

import h5py
import ml_dtypes
import numpy as np
import pytest

from kerasish.core.errors import ModelFileError
from kerasish.saving.hdf5 import new_file, open_file, read_array, read_text, write_array

BRAIN = ml_dtypes.bfloat16


def made(fill):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


def round_trip(array):
    with new_file() as (file, buffer):
        write_array(file, "x", array)
    with open_file(buffer.getvalue(), "x") as file:
        return file["x"].dtype, read_array(file["x"])


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0, dtype="float32").reshape(2, 3),
        np.arange(6.0).reshape(2, 3).T,
        np.array(3, dtype="int64"),
        np.array([True, False]),
        np.zeros((0, 3), "float16"),
    ],
)
def test_round_trip(array):
    dtype, again = round_trip(array)
    assert dtype == again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)


def test_values_that_speak_numpy():
    class Weight:
        def numpy(self):
            return np.ones(2)

    assert round_trip(Weight())[1].tolist() == [1.0, 1.0]
    assert round_trip(3)[1] == 3


@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0,)])
def test_bfloat16_as_keras_stores_it(shape):
    array = np.full(shape, -1.5, BRAIN)
    dtype, again = round_trip(array)
    assert dtype == np.dtype("V2")
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, np.full(shape, -1.5))


def test_a_checksum_stands_beside_each_array():
    with new_file() as (file, buffer):
        write_array(file, "x", np.arange(3.0))
    with h5py.File(io.BytesIO(buffer.getvalue())) as file:
        assert file["x"].attrs["crc32"] == zlib.crc32(np.arange(3.0).tobytes())


def test_a_flipped_bit_is_found():
    array = np.full(100, 1.25, "float32")
    with new_file() as (file, buffer):
        write_array(file, "x", array)
    data = bytearray(buffer.getvalue())
    data[data.index(array.tobytes()) + 50] ^= 1
    with (
        open_file(bytes(data), "w.h5") as file,
        pytest.raises(ModelFileError, match="'/x' is damaged: its checksum"),
    ):
        read_array(file["x"])


def test_damage_that_h5py_finds():
    def fill(file):
        file.create_dataset("x", data=np.zeros(1000), chunks=(500,), fletcher32=True)

    data = bytearray(made(fill))
    data[-20] ^= 1
    with (
        open_file(bytes(data), "x") as file,
        pytest.raises(ModelFileError, match="'/x' is truncated or damaged"),
    ):
        read_array(file["x"])


@pytest.mark.parametrize("options", [{"compression": "gzip"}, {"compression": "lzf"},
    {"shuffle": True, "fletcher32": True}, {"dtype": ">f4"}])  # fmt: skip
def test_other_ways_to_store_arrays(options):
    data = made(lambda f: f.create_dataset("x", data=np.arange(9.0), **options))
    with open_file(data, "w") as file:
        np.testing.assert_array_equal(read_array(file["x"]), np.arange(9.0))


def test_texts():
    def fill(file):
        file.attrs["name"] = "dense"
        file.attrs["fixed"] = np.bytes_(b"dense")
        file.attrs["number"] = 3
        file.attrs["several"] = ["a", "b"]
        file.attrs["long"] = np.bytes_(b"x" * 5000)

    with open_file(made(fill), "w") as file:
        assert read_text(file, "name") == read_text(file, "fixed") == "dense"
        for other in ("number", "several", "long", "absent"):
            assert read_text(file, other) == ""


@pytest.mark.parametrize("checksum", [-5, "5", [5, 5]])
def test_a_checksum_of_another_form_is_no_checksum(checksum):
    def fill(file):
        file["x"] = np.arange(3.0)
        file["x"].attrs["crc32"] = checksum

    with open_file(made(fill), "w") as file:
        assert read_array(file["x"]).tolist() == [0.0, 1.0, 2.0]
