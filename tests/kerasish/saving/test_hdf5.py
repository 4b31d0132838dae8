"""HDF5 in memory: what is read and what is refused."""

import io
import zlib

import h5py
import ml_dtypes
import numpy as np
import pytest

from kerasish.core.errors import ModelFileError, UnsafeModelError
from kerasish.saving import hdf5
from kerasish.saving.hdf5 import new_file, open_file, read_array, write_array

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
        pytest.raises(ModelFileError, match="'/x' is damaged"),
    ):
        read_array(file["x"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04", "is no HDF5 file. It is a zip archive: use `load_model`"),
        (b"nonsense", "'w.h5' is no HDF5 file.$"),
        (made(lambda f: f.create_group("a"))[:200], "truncated or damaged"),
    ],
)
def test_no_file(data, message):
    with pytest.raises(ModelFileError, match=message), open_file(data, "w.h5"):
        pass


def reference(file):
    file.create_group("g")
    file.create_dataset("x", data=file["g"].ref, dtype=h5py.ref_dtype)


def virtual(file):
    layout = h5py.VirtualLayout((3,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3,))
    file.create_virtual_dataset("x", layout)


def hard_link_cycle(file):
    a = file.create_group("a")
    a.create_group("b")["up"] = a


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (lambda f: f.__setitem__("x", h5py.SoftLink("/")), "holds a link at //x"),
        (lambda f: f.__setitem__("x", h5py.ExternalLink("a", "b")), "holds a link"),
        (
            lambda f: f.create_dataset("x", (3,), "f4", external="/etc/passwd"),
            "'/x' of 'w' lies in another file",
        ),
        (virtual, "lies in another file"),
        (reference, "has the type object"),
        (lambda f: f.create_dataset("x", data="text"), "has the type object"),
        (lambda f: f.create_dataset("x", data=1j), "type complex128, which no weights"),
        (lambda f: f.__setitem__("x", h5py.Empty("f")), "has no shape"),
        (lambda f: f.__setitem__("t", np.dtype("f4")), "'/t' of 'w' is no array"),
        (hard_link_cycle, "holds a cycle of groups"),
    ],
)
def test_unsafe_parts(fill, message):
    with pytest.raises(UnsafeModelError, match=message), open_file(made(fill), "w"):
        pass


def test_unknown_filters():
    def fill(file):
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((3,))
        plist.set_scaleoffset(h5py.h5z.SO_INT, 0)
        space = h5py.h5s.create_simple((3,))
        h5py.h5d.create(file.id, b"x", h5py.h5t.NATIVE_INT32, space, plist)

    with (
        pytest.raises(UnsafeModelError, match=r"by the unknown filter \[6\]"),
        open_file(made(fill), "w"),
    ):
        pass


@pytest.mark.parametrize("options", [{"compression": "gzip"}, {"compression": "lzf"},
    {"shuffle": True, "fletcher32": True}, {"dtype": ">f4"}])  # fmt: skip
def test_other_ways_to_store_arrays(options):
    data = made(lambda f: f.create_dataset("x", data=np.arange(9.0), **options))
    with open_file(data, "w") as file:
        np.testing.assert_array_equal(read_array(file["x"]), np.arange(9.0))


def test_more_data_declared_than_there_is():
    data = made(lambda f: f.create_dataset("x", (10**10,), "f4"))
    with (
        pytest.raises(ModelFileError, match="declares 40,000,000,000 bytes of arrays"),
        open_file(data, "w"),
    ):
        pass


def test_too_many_objects(monkeypatch):
    monkeypatch.setattr(hdf5, "_MAX_OBJECTS", 3)
    data = made(lambda f: [f.create_group(str(i)) for i in range(4)])
    with (
        pytest.raises(ModelFileError, match="holds more than 3 objects"),
        open_file(data, "w"),
    ):
        pass


def test_damage_in_the_structure():
    data = made(lambda f: f.create_dataset("group/x", data=np.zeros(3)))
    message = "damaged"
    broken = data.replace(b"TREE", b"XXXX")
    with pytest.raises(ModelFileError, match=message), open_file(broken, "w"):
        pass
