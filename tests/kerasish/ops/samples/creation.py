"""Samples of `kerasish.ops.creation`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, floats, sample


def make(name, *args, **kwargs):
    """A call without tensors, which depends on no dtype under test."""
    reference = kwargs.pop("reference", getattr(np, name))
    return sample(
        name, *args, **kwargs, reference=reference, gradient=False, dtypes=("float32",)
    )


SAMPLES = [
    sample(
        "_like",
        floats(2, 3),
        floats(3),
        reference=lambda x, value: np.broadcast_to(value, x.shape),
        gradient=(1,),
    ),
    make("zeros", (2, 3)),
    make("ones", (2, 3), dtype="int8"),
    make("empty", (2, 3), reference=np.zeros),
    make("full", (2, 3), 2.5),
    make("full", (2, 3), [1, 2, 3], dtype="int32"),
    make("eye", 3),
    make("eye", 2, 4, k=1),
    make("identity", 3),
    make("arange", 4),
    make("arange", 1.0, 2.0, 0.25),
    make("arange", 5, 1, -2),
    make("linspace", 0.0, 1.0, 7),
    make("linspace", 3, 3, 1),
    make("linspace", 0.0, 1.0, 0),
    make("linspace", 0.0, 1.0, 4, retstep=True),
    sample(
        "linspace", floats(2, 1), floats(3), 4, reference=np.linspace, dtypes=FLOATS
    ),
    sample(
        "linspace",
        floats(2, 3),
        2.0,
        4,
        endpoint=False,
        axis=-1,
        reference=np.linspace,
        dtypes=FLOATS,
        loose=2,
    ),
    sample("zeros_like", floats(2, 3), reference=np.zeros_like, gradient=False),
    sample("ones_like", floats(2, 3), reference=np.ones_like, gradient=False),
    sample("empty_like", floats(2, 3), reference=np.zeros_like, gradient=False),
    sample(
        "full_like",
        floats(2, 3),
        2,
        dtype="int8",
        reference=lambda x, value, dtype: np.full(x.shape, value, dtype),
        gradient=False,
    ),
    sample(
        "full_like",
        floats(2, 3),
        floats(3),
        reference=np.full_like,
        gradient=(1,),
        dtypes=FLOATS,
    ),
]
