"""Logs become floats, and lazy ones are read once, when they are looked at."""

import copy
import json
import pickle

import numpy as np
import pytest

from kerasish.callbacks import LazyLogs, pythonify_logs


def test_pythonify_sorts_flattens_and_converts():
    logs = {
        "loss": np.float32(0.5),
        "b": {"z": np.array([2.0]), "y": 3},
        "text": "as it is",
        "vector": np.arange(2),
    }
    result = pythonify_logs(logs)
    assert list(result) == ["y", "z", "loss", "text", "vector"]
    assert all(type(result[name]) is float for name in ("y", "z", "loss"))
    assert result["text"] == "as it is"
    assert result["vector"] is logs["vector"]
    assert pythonify_logs(None) == {}


def test_pythonify_gives_plain_floats_of_numpy_doubles():
    assert type(pythonify_logs({"loss": np.float64(0.5)})["loss"]) is float


READS = {
    "item": lambda logs: logs["loss"],
    "get": lambda logs: logs.get("loss"),
    "in": lambda logs: "loss" in logs,
    "len": len,
    "bool": bool,
    "iter": list,
    "reversed": lambda logs: list(reversed(logs)),
    "items": lambda logs: list(logs.items()),
    "keys": lambda logs: list(logs.keys()),
    "values": lambda logs: list(logs.values()),
    "dict": dict,
    "unpack": lambda logs: {**logs},
    "or": lambda logs: logs | {"a": 1},
    "ror": lambda logs: {"a": 1} | logs,
    "eq": lambda logs: logs == {"loss": 0.5, "mae": 1.0},
    "ne": lambda logs: logs != {},
    "repr": repr,
    "format": str,
    "copy": lambda logs: logs.copy(),
    "copy module": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda logs: pickle.loads(pickle.dumps(logs)),
    "json": json.dumps,
    "update": lambda logs: logs.update(a=1),
    "set": lambda logs: logs.__setitem__("a", 1),
    "pop": lambda logs: logs.pop("loss"),
    "setdefault": lambda logs: logs.setdefault("loss", 3),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_lazy_logs_are_read_once_and_then_are_a_dict(read):
    reads = []

    def source():
        reads.append(1)
        return {"loss": 0.5, "mae": 1.0}

    logs = LazyLogs(source)
    assert reads == []
    result = read(logs)
    assert reads == [1]
    expected = {"loss": 0.5, "mae": 1.0}
    assert result == read(expected)
    assert logs == expected
    assert reads == [1]
    assert isinstance(logs, dict)


def test_a_failed_read_is_tried_again():
    answers = [ValueError("not yet"), {"loss": 1.0}]

    def source():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    logs = LazyLogs(source)
    with pytest.raises(ValueError, match="not yet"):
        len(logs)
    assert logs == {"loss": 1.0}
