"""Values of recurrent layers computed once with Keras 3.15.1; in `recurrent.json`.

The backend was PyTorch. Where the first steps are masked and there is an initial
state, PyTorch and TensorFlow agree; JAX gives that state in place of zeros.
"""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from kerasish import layers

__all__ = [
    "call",
    "check",
    "configs",
    "expected",
    "given",
    "identify",
    "layer_of",
    "leaves",
    "make",
    "rows",
]


@cache
def _stored():
    path = Path(__file__).parent / "recurrent.json"
    return json.loads(path.read_text("utf-8"))


def rows(*names):
    """Returns the rows of some classes."""
    return [r for r in _stored()["rows"] if r["cls"] in names]


def configs():
    """Returns the rows of configs."""
    return _stored()["configs"]


def identify(row):
    """Returns a name for a row."""
    more = {"mask": row.get("mask"), "states": bool(row.get("states"))}
    given = {**row["kw"], **more}
    words = [f"{k}={_shown(v)}" for k, v in given.items() if v not in (None, False)]
    return f"{row['cls']}-{'-'.join(words)}"


def _shown(value):
    if isinstance(value, dict):
        return f"{value['cls']}({','.join(map(str, value['kw']))})"
    if isinstance(value, list):
        return ",".join(map(_shown, value))
    return str(value)


def make(cls, kw):
    """Returns a layer with the arguments of a row."""
    kw = dict(kw)
    if "cells" in kw:
        cells = [make(**cell) for cell in kw.pop("cells")]
        return layers.RNN(cells, **kw)
    for name in ("cell", "layer", "backward_layer"):
        if name in kw:
            kw[name] = make(**kw[name])
    return getattr(layers, cls)(**kw)


def given(row, dtype="float32"):
    """Returns the inputs of a row, and its mask and states by name."""
    stored = _stored()
    more = {}
    if row["mask"]:
        more["mask"] = np.array(stored["masks"][row["mask"]], bool)
    if row["states"]:
        more["initial_state"] = [
            np.array(stored["states"][i])[:, :n].astype(dtype)
            for i, n in enumerate(row["states"])
        ]
    return np.array(stored["inputs"][row["x"]]).astype(dtype), more


def layer_of(row, **change):
    """Returns the layer of a row with its weights."""
    layer = make(row["cls"], {**row["kw"], **change})
    x, more = given(row)
    layer(x, **more)
    layer.set_weights([np.array(w) for w in row["weights"]])
    return layer


def call(row, layer):
    """Calls a layer with what a row gives; returns the outputs as a list."""
    x, more = given(row)
    return leaves(layer(x, **more))


def leaves(y):
    """Returns the tensors in a structure as a list."""
    if isinstance(y, list | tuple):
        return [leaf for part in y for leaf in leaves(part)]
    return [np.asarray(y)]


def expected(row):
    """Returns the stored outputs as a list."""
    kw = row["kw"]
    inner = kw.get("layer", {"kw": {}})["kw"]
    several = kw.get("return_state") or inner.get("return_state")
    several = several or kw.get("merge_mode", "") is None
    return [np.array(y) for y in row["y"]] if several else [np.array(row["y"])]


def check(row):
    """Raises unless values, names of weights and inferred shapes are those stored."""
    layer = layer_of(row)
    found = call(row, layer)
    for a, b in zip(found, expected(row), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)
    paths = [v.path.split("/", 1)[1] for v in layer.weights]
    assert list(map(_plain, paths)) == list(map(_plain, row["paths"]))
    x, _ = given(row)
    shapes = _flat(layer.compute_output_shape((None, *x.shape[1:])))
    assert shapes == [(None, *y.shape[1:]) for y in found]


def _plain(path):
    return re.sub(r"_\d+/", "/", path)


def _flat(shapes):
    """Returns shapes in a structure as a list."""
    if all(n is None or isinstance(n, int) for n in shapes):
        return [tuple(shapes)]
    return [one for part in shapes for one in _flat(part)]
