"""The mapping that layers write their weights to and read them from."""

import numpy as np
import pytest

from kerasish.core.errors import ModelFileError
from kerasish.saving.hdf5 import new_file, open_file
from kerasish.saving.weight_store import WeightReader, WeightWriter


@pytest.fixture
def data():
    with new_file() as (file, buffer):
        writer = WeightWriter(file.create_group("vars"))
        for i in range(11):
            writer[str(i)] = np.full(i, i, "float32")
        writer["idf"] = 3.0
        assert "idf" in writer
        assert "x" not in writer
        assert len(writer) == len(writer.keys()) == 12
    return buffer.getvalue()


def test_arrays_come_back_in_order(data):
    with open_file(data, "x") as file:
        reader = WeightReader(dict(file["vars"].items()), "vars", "layer")
        assert reader.shapes["3"] == (3,)
        reader.fetch()
    assert list(reader) == [*map(str, range(11)), "idf"]
    assert len(reader) == len(reader.keys()) == 12
    assert reader["10"].tolist() == [10.0] * 10
    assert reader["idf"] == 3.0
    assert (reader.path, reader.name) == ("vars", "layer")


def test_nothing():
    reader = WeightReader({}, "layers/dense/vars")
    reader.fetch()
    assert not reader
    assert list(reader) == []
    with pytest.raises(KeyError):
        reader["0"]


def test_fetch_reads_everything_at_once(data):
    broken = bytearray(data)
    where = data.index(np.full(9, 9, "float32").tobytes())
    broken[where] ^= 1
    with open_file(bytes(broken), "x") as file:
        reader = WeightReader(dict(file["vars"].items()), "vars")
        with pytest.raises(ModelFileError, match="'/vars/9' is damaged"):
            reader.fetch()
