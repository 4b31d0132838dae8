"""Attention layers run by Keras; `attention.json` says how in `made`."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from kerasish import layers

__all__ = [
    "call",
    "fans",
    "given",
    "identify",
    "inputs",
    "masks",
    "made",
    "new",
    "plain",
    "rows",
]


@cache
def _stored():
    path = Path(__file__).parent / "attention.json"
    return json.loads(path.read_text("utf-8"))


def rows(*names):
    """Returns the rows of some classes."""
    return [r for r in _stored()["rows"] if r["cls"] in names]


def fans():
    """Returns the rows of fans."""
    return _stored()["fans"]


def identify(row):
    """Returns a name for a row."""
    options = [
        f"{k}={v}" for part in ("kw", "masks", "call") for k, v in row[part].items()
    ]
    return "-".join([row["cls"], *row["args"], *options]).replace(" ", "")


def inputs(row, dtype="float32"):
    """Returns the tensors of a row, as arrays."""
    return [np.array(_stored()["inputs"][name], dtype) for name in row["args"]]


def given(row, dtype="float32"):
    """Returns the positional arguments of a row's call."""
    arrays = inputs(row, dtype)
    listed = row["cls"] in ("Attention", "AdditiveAttention")
    return [arrays] if listed else arrays


def masks(row):
    """Returns the masks of a row by argument."""

    def mask(name):
        return None if name is None else np.array(_stored()["masks"][name], bool)

    return {
        k: [mask(n) for n in v] if isinstance(v, list) else mask(v)
        for k, v in row["masks"].items()
    }


def new(row, **more):
    """Returns a layer as the constructor leaves it."""
    return getattr(layers, row["cls"])(**row["kw"], **more)


def made(row, **more):
    """Returns a layer, built and with its weights."""
    layer = new(row, **more)
    layer(*given(row))
    layer.set_weights([np.array(w, "float32") for w in row["weights"]])
    return layer


def call(layer, row, dtype="float32", **more):
    """Returns the list of outputs of a layer."""
    y = layer(*given(row, dtype), **masks(row), **row["call"], **more)
    return list(y) if isinstance(y, tuple) else [y]


def plain(config):
    """Returns a config as it is in JSON, without the name and what we do not have."""
    own = {k: v for k, v in config.items() if k not in ("name", "quantization_config")}
    return _without_axes(json.loads(json.dumps(own, default=list)))


def _without_axes(value):
    # Written by Keras since 3.12 with each initializer; left out where they are None.
    if not isinstance(value, dict):
        return value
    new = ("input_axes", "output_axes")
    kept = {k: v for k, v in value.items() if v is not None or k not in new}
    return {k: _without_axes(v) for k, v in kept.items()}
