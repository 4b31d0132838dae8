"""Samples of `kerasish.ops.complex_numbers`."""

import numpy as np

from tests.kerasish.ops.sampling import (
    FLOATS,
    NUMBERS,
    find,
    fixed,
    floats,
    positive,
    sample,
)

Z = np.asarray([[1 + 2j, -0.5j], [3.0, -1 - 1j]], "complex128")


def polar(size, angle):
    return size * np.exp(1j * np.asarray(angle, "float64"))


def reals(name, reference):
    """Rows of complex numbers, and of real ones."""
    return [
        sample(
            name,
            fixed(Z, "complex128"),
            reference=reference,
            gradient=False,
            dtypes=("float32",),
        ),
        sample(
            name,
            fixed(Z, "complex64"),
            reference=reference,
            gradient=False,
            dtypes=("float32",),
        ),
    ]


def through(name):
    """A function of real operands by which an operation on complex ones is checked."""
    operation, joined = find(name), find("_complex")

    def call(a, b):
        z = operation(joined(a, b))
        return [find("real")(z), find("imag")(z)]

    call.__name__ = name
    return call


def parts(name):
    return sample(through(name), floats(2, 3), floats(3), dtypes=FLOATS[:2])


def _complex(a, b):
    z = find("_complex")(a, b)
    return [find("_real")(z * z), find("_imag")(z * z)]


def polar_parts(size, angle):
    z = find("polar")(size, angle)
    return [find("real")(z), find("imag")(z)]


polar_parts.__name__ = "polar"

SAMPLES = [
    parts("_conj"),
    parts("angle"),
    parts("_real"),
    parts("_imag"),
    sample(_complex, floats(2, 3), floats(3), dtypes=FLOATS[:2]),
    sample(polar_parts, positive(2, 3), floats(3), dtypes=FLOATS[:2]),
    *reals("real", np.real),
    *reals("imag", np.imag),
    *reals("conj", np.conj),
    *reals("conjugate", np.conj),
    *reals("angle", np.angle),
    *reals("_real", np.real),
    *reals("_imag", np.imag),
    *reals("_conj", np.conj),
    *reals("view_as_real", lambda z: np.stack([z.real, z.imag], -1)),
    sample("real", floats(2, 3), reference=np.real),
    sample("imag", floats(2, 3), reference=np.imag),
    sample("conj", floats(2, 3), reference=np.conj),
    sample("angle", floats(2, 3), reference=np.angle),
    sample("polar", positive(2, 3), floats(3), reference=polar, gradient=False),
    sample(
        "_complex",
        floats(2, 3),
        floats(3),
        reference=lambda a, b: a + 1j * b,
        gradient=False,
        dtypes=FLOATS[:2],
    ),
    sample(
        "view_as_complex",
        floats(3, 2),
        reference=lambda x: x[:, 0] + 1j * x[:, 1],
        gradient=False,
        dtypes=NUMBERS,
    ),
]
