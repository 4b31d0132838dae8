"""Samples of `kerasish.ops.searching`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    booleans,
    floats,
    given,
    integers,
    sample,
    separated,
)

INDEX = {"gradient": False, "dtypes": ("float64", "float32")}
UNKNOWN = {"sized": False, **INDEX}
ALL = {"return_index": True, "return_inverse": True, "return_counts": True}
REPEATED = given([[1, 2, 1], [0, 1, 1], [1, 2, 1]])


def unique(x, axis=None, **options):
    values, *rest = np.unique(x, axis=axis, **options)
    return [values, *(part.reshape(-1) for part in rest)]


SAMPLES = [
    sample("nonzero", booleans(2, 3), reference=np.nonzero, **UNKNOWN),
    sample(
        "searchsorted",
        given([-1, 0, 1, 3]),
        floats(2, 3),
        reference=np.searchsorted,
        **INDEX,
    ),
    sample(
        "searchsorted",
        given([-1, 0, 0, 3]),
        given([0, 3, 4]),
        side="right",
        reference=np.searchsorted,
        **INDEX,
    ),
    sample("argpartition", separated(2, 3), 1, reference=np.argpartition, **INDEX),
    sample("unique", REPEATED, reference=unique, **ALL, **UNKNOWN),
    sample("unique", REPEATED, axis=0, reference=unique, **ALL, **UNKNOWN),
    sample("unique", REPEATED, axis=1, reference=unique, **ALL, batch=False, **UNKNOWN),
    sample("unique", separated(3), sized=False),
    sample(
        "unique",
        REPEATED,
        size=5,
        reference=lambda x, size: np.array([0, 1, 2, 0, 0]),
        batch=False,
        **INDEX,
    ),
    sample(
        "unique",
        REPEATED,
        size=2,
        fill_value=7,
        reference=lambda x, size, fill_value: np.array([0, 1]),
        batch=False,
        **INDEX,
    ),
    sample(
        "_unique_rows",
        REPEATED,
        reference=lambda x: unique(x, axis=0, **ALL)[1:],
        **UNKNOWN,
    ),
    sample(
        "unravel_index",
        integers(2, 3, high=12),
        (3, 4),
        reference=np.unravel_index,
        gradient=False,
    ),
    sample(
        "select",
        [booleans(2, 3), booleans(2, 3)],
        [floats(2, 3), floats(3)],
        2,
        reference=np.select,
        batch=False,
    ),
    sample("diff", floats(2, 4), reference=np.diff, loose=8),
    sample("diff", floats(2, 4), n=2, axis=-1, reference=np.diff, loose=32),
    sample("diff", booleans(2, 4), reference=np.diff, gradient=False),
]
