"""Samples of `kerasish.ops.whole_sequence`, against loops over time in NumPy."""

from kerasish.backends.testing_sequences import SEQUENCES
from tests.kerasish.ops.sampling import fixed, floats, sample

SAMPLES = []
for name, _, (kind, space, *arrays), reference in SEQUENCES:

    def loop(*xs, kind, space, reference=reference):
        return reference(kind, space, *xs)

    how = {"kind": kind, "space": space, "reference": loop, "batch": False}
    if name == "recurrent":
        given = [floats(*x.shape) for x in arrays]
        how |= {"dtypes": ("float64", "float32"), "gradient": False, "loose": 8}
        SAMPLES.append(sample("_whole_sequence", *given, **how))
    else:
        # Results among the operands are those of the others, so these are fixed, and
        # gradients are taken at the gradients that come in. `kept` is no float.
        count = 6 if kind == "lstm" else 5
        held = [fixed(x, x.dtype.name) for x in arrays[: 2 * count - 2]]
        upstream = [floats(*x.shape) for x in arrays[2 * count - 2 :]]
        first = len(held) - 1
        how |= {"gradient": tuple(range(first, first + len(upstream)))}
        how |= {"dtypes": ("float64",), "order": 1}
        SAMPLES.append(sample("_whole_sequence_back", *held, *upstream, **how))
