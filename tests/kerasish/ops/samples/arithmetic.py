"""Samples of `kerasish.ops.arithmetic`."""

import numpy as np

from tests.kerasish.ops.sampling import FLOATS, NUMBERS, floats, sample

SAMPLES = [
    sample("add", floats(2, 3), floats(2, 3), reference=np.add),
    sample("add", floats(2, 3), floats(3), reference=np.add),
    sample("add", floats(2, 1), floats(2, 3), reference=np.add),
    sample("add", floats(2, 3), 2.5, reference=np.add, dtypes=FLOATS),
    sample("subtract", floats(2, 3), floats(3), reference=np.subtract),
    sample("multiply", floats(2, 3), floats(2, 1), reference=np.multiply),
    sample("divide", floats(2, 3), floats(3), reference=np.divide),
    sample("true_divide", floats(2, 3), floats(3), reference=np.divide),
    sample("negative", floats(2, 3), reference=np.negative, dtypes=(*NUMBERS, "int8")),
]
