"""Samples of `kerasish.ops.contraction`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, floats, sample

FORMULAS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    ("...ij,jk->...ik", (2, 2, 3), (3, 2)),
    ("...j,...j->...", (2, 2, 3), (2, 3)),
    ("btnh,bsnh->bnts", (2, 3, 2, 2), (2, 4, 2, 2)),
    ("i,j->ji", (2,), (3,)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("abc,cd->abd", (2, 3, 2), (2, 2)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("ijk->ki", (2, 3, 4)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)),
]

SAMPLES = [
    *[
        sample(
            "einsum",
            text,
            *[floats(*s) for s in shapes],
            reference=np.einsum,
            batch=False,
            loose=4,
        )
        for text, *shapes in FORMULAS
    ],
    sample("einsum", "bij,jk->bik", floats(2, 2, 3), floats(3, 2), batch=False),
    sample("inner", floats(2, 3), floats(4, 3), reference=np.inner, batch=False),
    sample("inner", floats(3), floats(3), reference=np.inner),
    sample("inner", floats(), floats(3), reference=np.inner),
    sample("vdot", floats(2, 3), floats(3, 2), reference=np.vdot, batch=False),
    sample("kron", floats(2, 3), floats(2, 2), reference=np.kron),
    sample("kron", floats(2), floats(2, 2), reference=np.kron),
    sample("cross", floats(2, 3), floats(2, 3), reference=np.cross, loose=4),
    sample(
        "cross", floats(3, 2), floats(3, 2), axis=0, reference=np.cross, batch=False
    ),
    sample(
        "cross",
        floats(2, 2),
        floats(2, 2),
        reference=lambda a, b: a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0],
        dtypes=FLOATS,
        loose=4,
    ),
]
