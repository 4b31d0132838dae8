"""The zip file around a model: what is read, and what is refused."""

import io
import struct
import zipfile

import pytest

from kerasish.core.errors import ModelFileError
from kerasish.saving import archive
from kerasish.saving.archive import read_archive, write_archive

GOOD = write_archive('{"v": 1}', "{}", b"weights" * 100)


def zipped(members, method=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


PARTS = [("metadata.json", "{}"), ("config.json", "{}"), ("model.weights.h5", "w")]


def test_form_of_keras():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as file:
        members = [(m.filename, m.compress_type) for m in file.infolist()]
    assert members == [
        ("metadata.json", 0),
        ("config.json", 0),
        ("model.weights.h5", 0),
    ]


def test_round_trip_and_more_members():
    assert read_archive(GOOD, "x") == (b'{"v": 1}', b"{}", b"weights" * 100, {})
    more = zipped([*PARTS, ("assets/a.txt", "a")], zipfile.ZIP_DEFLATED)
    assert read_archive(more, "x") == (b"{}", b"{}", b"w", {"a.txt": b"a"})


@pytest.mark.parametrize("missing", range(3))
def test_a_missing_member_is_named(missing):
    parts = [part for i, part in enumerate(PARTS) if i != missing]
    with pytest.raises(ModelFileError, match=f"has no member '{PARTS[missing][0]}'"):
        read_archive(zipped(parts), "x.keras")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89HDF\r\n\x1a\n...", "'x' is no `.keras` file: .* it is an HDF5 file"),
        (b"\x80\x04]", "it is something else"),
        (GOOD[:-60], "'x' is truncated or damaged: it starts as a zip"),
        (GOOD[:100], "truncated or damaged"),
        (
            GOOD.replace(b"weightsweights", b"WEIGHTSweights"),
            "'model.weights.h5' of 'x'",
        ),
    ],
    ids=["hdf5", "pickle", "cut at the end", "cut at the start", "flipped"],
)
def test_damage(data, message):
    with pytest.raises(ModelFileError, match=message):
        read_archive(data, "x")


@pytest.mark.parametrize("name", ["../a", "assets/../../a", "/a", "C:a", "a\\b"])
def test_unsafe_names(name):
    with pytest.raises(ModelFileError, match="has an unsafe name"):
        read_archive(zipped([*PARTS, (name, "x")]), "x")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["config.json", "Config.JSON"])
def test_a_member_twice(name):
    with pytest.raises(ModelFileError, match="occurs twice"):
        read_archive(zipped([*PARTS, (name, "{}")]), "x")


def test_a_link():
    link = zipfile.ZipInfo("assets/link")
    link.external_attr = 0o120777 << 16
    with pytest.raises(ModelFileError, match="'assets/link' of 'x' is a link"):
        read_archive(zipped([*PARTS, (link, "/etc/passwd")]), "x")


def test_an_encrypted_member():
    data = bytearray(zipped(PARTS))
    where = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, where + 8, 1)
    with pytest.raises(ModelFileError, match="'metadata.json' of 'x' is encrypted"):
        read_archive(bytes(data), "x")


def test_a_bomb():
    bomb = zipped([*PARTS, ("assets/zeros", bytes(5_000_000))], zipfile.ZIP_DEFLATED)
    read_archive(zipped([*PARTS, ("assets/zeros", bytes(5_000))], 8), "x")
    assert len(bomb) < 10_000
    with pytest.raises(ModelFileError, match="declares 5,000,000 bytes but stores"):
        read_archive(bomb, "x")


def test_too_many_members(monkeypatch):
    monkeypatch.setattr(archive, "_MAX_MEMBERS", 2)
    with pytest.raises(ModelFileError, match="has 3 members; at most 2 are read"):
        read_archive(zipped(PARTS), "x")


def test_a_member_shorter_than_declared():
    data = bytearray(zipped(PARTS))
    where = data.rindex(b"PK\x01\x02")
    struct.pack_into("<II", data, where + 20, 2, 2)
    with pytest.raises(ModelFileError, match=r"'model.weights.h5' of 'x' is damaged"):
        read_archive(bytes(data), "x")
