"""HDF5 files that are refused before anything is read from them."""

import io
import struct

import h5py
import numpy as np
import pytest

from kerasish.core.errors import ModelFileError, UnsafeModelError
from kerasish.saving import hdf5_checks
from kerasish.saving.hdf5 import open_file


def made(fill):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


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


def test_more_data_declared_than_there_is():
    data = made(lambda f: f.create_dataset("x", (10**10,), "f4"))
    with (
        pytest.raises(ModelFileError, match="declares 40,000,000,000 bytes of arrays"),
        open_file(data, "w"),
    ):
        pass


def test_too_many_objects(monkeypatch):
    monkeypatch.setattr(hdf5_checks, "_MAX_OBJECTS", 3)
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


def test_what_the_library_raises_is_named():
    with (
        pytest.raises(ModelFileError, match="x is truncated or damaged: 'no object'"),
        hdf5_checks.reading("x"),
    ):
        raise KeyError("no object")
    with (
        pytest.raises(UnsafeModelError, match="^a link$"),
        hdf5_checks.reading("x"),
    ):
        raise UnsafeModelError("a link")


@pytest.fixture
def heap():
    """A file with two texts in a global heap, and where the heap starts."""

    def fill(file):
        file.attrs["name"] = "dense"
        file.attrs["other"] = "x" * 20

    data = made(fill)
    return bytearray(data), data.index(b"GCOL")


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (8, 1 << 40),  # the collection's size
        (24, 40),  # the first object's
        (24, 1 << 50),
        (24, 4090),
        (48, 3),  # the second object's
        (88, 0),  # the free space's: the library would never return
    ],
)
def test_damaged_heaps(heap, where, value):
    data, start = heap
    struct.pack_into("<Q", data, start + where, value)
    with (
        pytest.raises(ModelFileError, match="'w' is damaged: a heap of texts is inc"),
        open_file(bytes(data), "w"),
    ):
        pass


def test_sound_heaps(heap):
    data, _ = heap
    with open_file(bytes(data), "w") as file:
        assert file.attrs["name"] == "dense"
    assert not hdf5_checks._heaps_are_sound(hdf5_checks._HEAP)
    full = made(lambda f: [f.attrs.__setitem__(str(i), "x" * 300) for i in range(40)])
    assert full.count(b"GCOL") > 1
    assert hdf5_checks._heaps_are_sound(full)
