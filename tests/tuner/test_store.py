import json
import os

import pytest

from kerasish.core.errors import ArgumentError, SerializationError
from kerasish.tuner import store


def test_json_is_written_and_read(tmp_path):
    path = tmp_path / "a" / "b.json"
    store.write_json(path, {"x": [1, None]})
    assert store.read_json(path) == {"x": [1, None]}
    assert [p.name for p in path.parent.iterdir()] == ["b.json"]


def test_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    store.write_json(path, {"x": 1})
    with pytest.raises(SerializationError, match="cannot be written as JSON"):
        store.write_json(path, {"x": float("nan")})

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.write_json(path, {"x": 2})
    assert json.loads(path.read_text()) == {"x": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("text", [b"", b'{"x": 1', b"\xff\xfe", b"[" * 100_000])
def test_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_bytes(text)
    with pytest.raises(SerializationError, match="a.json.* (empty|JSON|nested)"):
        store.read_json(path)


def test_other_json_is_refused(tmp_path):
    (tmp_path / "a.json").write_text("[1]")
    with pytest.raises(SerializationError, match="must hold a JSON object.*list"):
        store.read_json(tmp_path / "a.json")


def test_huge_file_is_not_read(tmp_path):
    path = tmp_path / "a.json"
    with open(path, "wb") as file:
        # Takes no room on the disk.
        file.truncate(2**30)
    with pytest.raises(SerializationError, match="has 1,073,741,824 bytes, more than"):
        store.read_json(path)


def test_project_lies_within_its_directory(tmp_path):
    assert store.project_folder(tmp_path, "a") == tmp_path / "a"
    assert store.project_folder(None, None).name == "untitled_project"


@pytest.mark.parametrize("name", ["", ".", "../x", "a/../../x", "/etc"])
def test_project_cannot_lie_elsewhere(name):
    with pytest.raises(ArgumentError, match="`project_name` must be the name of a fol"):
        store.project_folder("d", name)


def test_trial_id_is_no_path():
    assert store.TRIAL_ID.fullmatch("0012")
    for bad in ("../x", "", "a/b", ".", "x" * 101):
        assert not store.TRIAL_ID.fullmatch(bad)
