"""Samples of `kerasish.ops.exponentials`."""

import numpy as np

from tests.kerasish.ops.sampling import BFLOAT16, NUMBERS, floats, positive, sample

SAMPLES = [
    sample("exp", floats(2, 3), reference=np.exp, dtypes=(*NUMBERS, BFLOAT16)),
    sample("exp2", floats(2, 3), reference=np.exp2, dtypes=(*NUMBERS, BFLOAT16)),
    sample("expm1", floats(2, 3), reference=np.expm1),
    sample("log", positive(2, 3), reference=np.log, dtypes=(*NUMBERS, BFLOAT16)),
    sample("log2", positive(2, 3), reference=np.log2),
    sample("log10", positive(2, 3), reference=np.log10),
    sample("log1p", positive(2, 3), reference=np.log1p),
    sample("sqrt", positive(2, 3), reference=np.sqrt, dtypes=(*NUMBERS, BFLOAT16)),
]
