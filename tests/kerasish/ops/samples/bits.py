"""Samples of `kerasish.ops.bits`."""

import numpy as np

from tests.kerasish.ops.sampling import bits, sample

WHOLE = ("int32", "int8", "uint8", "int64")


def pair(name, reference, dtypes=(*WHOLE, "bool"), high=100):
    return sample(
        name,
        bits(2, 3, high=high),
        bits(3, high=7),
        reference=reference,
        gradient=False,
        dtypes=dtypes,
    )


def single(name):
    return sample(
        name, bits(2, 3), reference=np.invert, gradient=False, dtypes=(*WHOLE, "bool")
    )


SAMPLES = [
    pair("bitwise_and", np.bitwise_and),
    pair("bitwise_or", np.bitwise_or),
    pair("bitwise_xor", np.bitwise_xor),
    pair("left_shift", np.left_shift, dtypes=WHOLE[:1]),
    pair("right_shift", np.right_shift, dtypes=WHOLE),
    pair("bitwise_left_shift", np.left_shift, dtypes=WHOLE[:1]),
    pair("bitwise_right_shift", np.right_shift, dtypes=WHOLE),
    single("bitwise_invert"),
    single("bitwise_not"),
]
