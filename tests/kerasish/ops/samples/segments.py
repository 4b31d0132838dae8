"""Samples of `kerasish.ops.segments`."""

import numpy as np

from tests.kerasish.ops.sampling import given, sample, separated

IDS = given([2, 0, 2, 0, 2, 4], "int32")
EMPTY = {"add": 0, "multiply": 1, "maximum": -np.inf, "minimum": np.inf}


def reference(name):
    def call(data, ids, count=None):
        function = getattr(np, name)
        made = []
        for i in range(count or ids.max() + 1):
            rows = data[ids == i]
            empty = EMPTY[name]
            if np.isinf(empty) and data.dtype.kind == "i":
                info = np.iinfo(data.dtype)
                empty = info.min if empty < 0 else info.max
            whole = np.full(data.shape[1:], empty, data.dtype)
            made.append(function.reduce(rows) if len(rows) else whole)
        return np.stack(made)

    return call


FULL = given([2, 0, 2, 0, 2, 1], "int32")
NAMES = {
    "segment_sum": "add",
    "segment_max": "maximum",
    "segment_min": "minimum",
    "segment_prod": "multiply",
}

SAMPLES = [
    row
    for name, function in NAMES.items()
    for row in (
        sample(
            name, separated(6, 2), FULL, 3, reference=reference(function), batch=False
        ),
        sample(
            name,
            separated(6),
            IDS,
            6,
            reference=reference(function),
            gradient=name in ("segment_sum", "segment_prod"),
        ),
    )
]
