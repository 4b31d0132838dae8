"""Layers run by Keras; `reshaping.json` and `normalization.json` say how in `made`."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from kerasish import layers

__all__ = ["array", "config", "identify", "made", "new", "plain", "stored"]


@cache
def stored(area):
    """Returns the values of an area."""
    return json.loads((Path(__file__).parent / f"{area}.json").read_text("utf-8"))


def array(area, row):
    """Returns the inputs of a row."""
    return np.array(stored(area)["inputs"][row["x"]], row.get("dtype", "float32"))


def identify(row):
    """Returns a name for a row."""
    options = [f"{k}={v}" for k, v in row["kw"].items()] + [row.get("dtype", "")]
    return f"{row['cls']}-{row['x']}-{'-'.join(options)}".replace(" ", "")


def new(row):
    """Returns a layer as the constructor leaves it."""
    return getattr(layers, row["cls"])(**row["kw"])


def made(area, row):
    """Returns a layer, built and with its weights, and its inputs."""
    layer = new(row)
    x = array(area, row)
    layer(x)
    if "weights" in row:
        layer.set_weights([np.array(w, "float32") for w in row["weights"]])
    return layer, x


def plain(config):
    """Returns a config as it is in JSON, without the name."""
    return json.loads(
        json.dumps({k: v for k, v in config.items() if k != "name"}, default=list)
    )


def config(layer):
    """Returns the config of a layer as the rows have it."""
    return plain(layer.get_config())
