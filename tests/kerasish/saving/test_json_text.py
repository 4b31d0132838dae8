"""Strict JSON."""

import pytest

from kerasish.core.errors import ModelFileError, SerializationError
from kerasish.saving import json_text
from kerasish.saving.json_text import read_json, write_json


def test_round_trip():
    data = {"a": [1, 2.5, None, True, "x\u00e9"], "b": {"c": []}}
    assert read_json(write_json(data), "it") == data
    assert read_json(write_json(data, indent=1).encode(), "it") == data


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object()])
def test_what_cannot_be_written(value):
    with pytest.raises(SerializationError, match="cannot be written as JSON"):
        write_json({"a": value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the config is not valid JSON: Expecting"),
        (b"\xff", "not valid JSON: 'utf-8' codec"),
        ('{"a": NaN}', "NaN is not a finite number"),
        ("-Infinity", "-Infinity is not a finite number"),
        ("1e999", "1e999 is not a finite number"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' occurs twice"),
        ("9" * 5000, "not valid JSON: Exceeds the limit"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ModelFileError, match=message):
        read_json(text, "the config")


def test_size_is_bounded(monkeypatch):
    monkeypatch.setattr(json_text, "MAX_BYTES", 10)
    with pytest.raises(ModelFileError, match="it is 11 bytes long, more than the 10"):
        read_json('"123456789"', "it")
