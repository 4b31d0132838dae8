"""Values of `metrics.json`; what made them stands in its entry `made`."""

import json
from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["agrees", "array", "stored"]


@cache
def stored():
    """Returns all values."""
    return json.loads((Path(__file__).parent / "metrics.json").read_text("utf-8"))


def array(key):
    """Returns one of the arrays that the metrics were computed with."""
    values = np.array(stored()["data"][key])
    return values.astype("float32") if values.dtype.kind == "f" else values


def agrees(make, row):
    """Compares a metric with a row: on one batch, and on two with weights."""
    y, p = array(row["t"]), array(row["p"])
    metric = make(**row["kw"])
    metric.update_state(y, p)
    np.testing.assert_allclose(metric.result(), row["plain"], rtol=2e-6, atol=1e-6)
    if "w" in row:
        metric.reset_state()
        weight, half = array(row["w"]), len(y) // 2
        for part in (slice(half), slice(half, None)):
            metric.update_state(y[part], p[part], sample_weight=weight[part])
        expected = row["weighted"]
        np.testing.assert_allclose(metric.result(), expected, rtol=2e-6, atol=1e-6)
