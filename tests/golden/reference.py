"""Values computed once with Keras 3.15.1; they lie in `keras.json`.

The backend was PyTorch, and JAX where PyTorch counts padding.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["array", "identify", "reference", "rows"]


@cache
def reference():
    """Returns all values."""
    return json.loads((Path(__file__).parent / "keras.json").read_text("utf-8"))


def rows(part, names=None):
    """Returns the rows of a part, those of some classes if named."""
    return [r for r in reference()[part] if names is None or r["cls"] in names]


def array(key):
    """Returns one of the arrays that losses and metrics were computed with."""
    values = np.array(reference()["data"][key])
    return values if key == "S" else values.astype("float32")


def identify(row):
    """Returns a name for a row."""
    return f"{row['cls']}-{'-'.join(map(str, row['kw']))}"
