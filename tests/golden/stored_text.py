"""Values of layers for text and categories, made by Keras; in `text.json`.

`about` says which versions. Each row holds what a layer was made with, adapted to and
called on, and what came of it; the config is in the first of those made alike.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from kerasish import layers

__all__ = ["check_row", "identify", "made", "rows", "stored"]


@cache
def stored():
    """Returns all values."""
    return json.loads((Path(__file__).parent / "text.json").read_text("utf-8"))


def rows(kind):
    """Returns the rows of a class."""
    return [row for row in stored()["layers"] if row["cls"] == kind]


def identify(row):
    """Returns a name for a row."""
    words = [f"{key}={value}" for key, value in row["kw"].items()]
    return (
        "-".join([*words, str(row["inputs"])])[:80].encode("ascii", "replace").decode()
    )


def made(row):
    """Returns the layer of a row."""
    kw = {k: tuple(v) if k == "ngrams" and isinstance(v, list) else v
          for k, v in row["kw"].items()}  # fmt: skip
    layer = getattr(layers, row["cls"])(**kw)
    if "adapt" in row:
        layer.adapt(row["adapt"])
    return layer


def check_row(row):
    """Compares a layer of ours with that of a row: outputs, shapes, config."""
    layer = made(row)
    given = row["inputs"]
    more = {"count_weights": row["weights"]} if "weights" in row else {}
    found = layer(given, **more)
    wanted = np.array(row["y"])
    if wanted.dtype.kind == "U":
        assert found.tolist() == row["y"]
    else:
        np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=1e-7)
        assert tuple(found.shape) == wanted.shape
    if "config" in row:
        config = layer.get_config()
        for key, value in json.loads(json.dumps(row["config"])).items():
            ours = json.loads(json.dumps(config[key]))
            if key == "vocabulary" and any("\n" in str(x) for x in row[key]):
                assert ours == row[key]  # Keras writes a file that it misreads
            elif key == "bin_boundaries" and value:
                np.testing.assert_allclose(ours, value, rtol=1e-4, atol=1e-6)
            else:
                assert ours == value, key
        assert set(config) - {"name", "dtype"} == set(row["config"]) - {"dtype"}
    if "vocabulary" in row:
        assert layer.get_vocabulary() == row["vocabulary"]
        assert layer.vocabulary_size() == row["size"]
