"""Values that are no JSON."""

import pytest

from kerasish.core import codecs
from kerasish.core.errors import SerializationError


@pytest.mark.parametrize("value", [slice(1, None, 2), ..., b"a\xff\x00", b""])
def test_round_trip(value):
    data = codecs.encode(value)
    assert codecs.decode(data["class_name"], data["config"]) == value


def test_forms_of_keras():
    assert codecs.encode(slice(1, None, 2)) == {
        "class_name": "__slice__",
        "config": {"start": 1, "stop": None, "step": 2},
    }
    assert codecs.encode(b"abc")["config"] == {"value": "abc"}
    assert codecs.encode(lambda x: x)["class_name"] == "__lambda__"
    assert codecs.encode(3.0) is None
    assert codecs.encode(len) is None


def test_types_are_registered_by_class_or_test(monkeypatch):
    monkeypatch.setattr(codecs, "_codecs", {})
    codecs.register_codec(
        "__complex__", complex, lambda z: {"re": z.real}, lambda c: complex(c["re"])
    )
    codecs.register_codec("__odd__", lambda v: v == 7, lambda v: {}, lambda c: 7)
    assert codecs.encode(2 + 0j) == {"class_name": "__complex__", "config": {"re": 2.0}}
    assert codecs.encode(7)["class_name"] == "__odd__"
    assert codecs.decode("__odd__", {}) == 7


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("__typespec__", {}, "unknown kind '__typespec__'"),
        ("__slice__", [1], "`config` of a __slice__ value must be a dict"),
        ("__slice__", {"start": 1}, "__slice__ value cannot be read"),
        ("__slice__", {"start": "1", "stop": 2, "step": 3}, "integers or None"),
        ("__slice__", {"start": True, "stop": 2, "step": 3}, "integers or None"),
        ("__bytes__", {"value": 3}, "__bytes__ value cannot be read"),
        ("__lambda__", {}, "Python lambda"),
    ],
)
def test_malformed_values(name, config, message):
    with pytest.raises(SerializationError, match=message):
        codecs.decode(name, config)
