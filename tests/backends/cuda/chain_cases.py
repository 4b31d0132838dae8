"""Chains, each with arrays and what it must compute of them."""

from typing import NamedTuple

import numpy as np

from tests.backends.cuda import emulation
from tests.backends.llvm.chain_builder import ChainBuilder


class Case(NamedTuple):
    """A chain, its inputs, what is expected, and by how much results may differ.

    `shared` names outputs that are the memory of inputs, by their places.
    """

    chain: object
    given: list
    expected: list
    rtol: float = 1e-6
    shared: dict = {}

    def bound(self, lower, array=emulation.array, empty=emulation.empty):
        """Returns a step and the outputs it writes, on a device."""
        given = [array(x) for x in self.given]
        outputs = [
            given[self.shared[n]]
            if n in self.shared
            else empty(self.chain.slots[o].shape, dtype_of(self.chain, o))
            for n, o in enumerate(self.chain.outputs)
        ]
        return lower(self.chain, given, outputs), outputs

    def check(self, found):
        """Compares what was written with what is expected."""
        for y, expected in zip(found, self.expected, strict=True):
            y, expected = (np.asarray(x).astype(np.float64) for x in (y, expected))
            sizes = np.abs(expected[np.isfinite(expected)])
            limit = max(1.0, np.max(sizes, initial=0.0)) * self.rtol
            np.testing.assert_allclose(y, expected, rtol=0, atol=limit)


def dtype_of(chain, slot):
    name = chain.slots[slot].dtype
    return BFLOAT16 if name == "bfloat16" else name


try:
    from ml_dtypes import bfloat16 as BFLOAT16
except ImportError:
    BFLOAT16 = np.float32


def philox(key, count):
    words = np.random.Philox(key=np.array(key, np.uint64)).random_raw(-(-count // 2))
    return words.astype("<u8").view("<u4")[:count]


def normal(*shape, dtype="float32"):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(dtype)


def ragged_tail():
    b = ChainBuilder()
    x, y = b.input(1003), b.input(1003)
    given = [normal(1003), normal(1003) + 1]
    return Case(b.chain(b.call("add", x, y)), given, [given[0] + given[1]])


def adam(size=2051):
    b = ChainBuilder()
    w, g, m, v = (b.input(size) for _ in range(4))
    rate = b.input()

    def scaled(x, factor):
        return b.call("multiply", x, b.constant(factor), shape=(size,))

    m1 = b.call("add", scaled(m, 0.9), scaled(g, 0.1))
    v1 = b.call("add", scaled(v, 0.999), scaled(b.call("square", g), 0.001))
    root = b.call("add", b.call("sqrt", v1), b.constant(1e-7), shape=(size,))
    update = b.call("divide", b.call("multiply", m1, rate, shape=(size,)), root)
    chain = b.chain(b.call("subtract", w, update), m1, v1, flushed=(m1, v1))
    given = [normal(size) for _ in range(3)] + [np.abs(normal(size)), np.float32(0.01)]
    given[1][:7] = given[3][:7] = 0
    given[2][:7] = 1e-38  # decays into denormal numbers, which become zero
    w, g, m, v = (x.astype(np.float64) for x in given[:4])
    m1, v1 = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    m1[:7] = 0
    w1 = w - np.where(m1, m1, 9e-39) * 0.01 / (np.sqrt(v1) + 1e-7)
    shared = {0: 0, 1: 2, 2: 3}
    return Case(chain, given, [w1, m1, v1], 2e-5, shared)


def layer_normalization(rows=45, size=100, dtype="float32"):
    b = ChainBuilder()
    x, scale = b.input(rows, size, dtype=dtype), b.input(1, size, dtype=dtype)
    away = b.call("subtract", x, b.reduce("mean", x, 1))
    var = b.reduce("var", x, 1)
    eps = b.constant(1e-3, 1, 1, dtype=dtype)
    root = b.call("rsqrt", b.call("add", var, eps))
    y = b.call("multiply", b.call("multiply", away, root), scale)
    total = b.reduce("sum", y, 0)
    given = [normal(rows, size, dtype=dtype), normal(1, size, dtype=dtype)]
    x, scale = (v.astype(np.float64) for v in given)
    made = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-3)
    made *= scale
    expected = [made, made.sum(0, keepdims=True)]
    return Case(
        b.chain(y, total), given, expected, 1e-5 if dtype == "float32" else 1e-2
    )


def long_row():
    """One row of many elements, which blocks share, and places in it."""
    b = ChainBuilder()
    x = b.input(2, 20_000)
    total, most = b.reduce("sum", x, 1), b.reduce("_max", x, 1)
    place = b.call("_argmax", x, shape=(2, 1), dtype="int64", axis=1, keepdims=True)
    soft = b.call("_softmax", x, axis=(1,))
    given = normal(2, 20_000)
    given[1, [700, 9000, 15_000]] = 11
    e = np.exp(given - given.max(1, keepdims=True).astype(np.float64))
    expected = [
        given.sum(1, keepdims=True, dtype=np.float64),
        given.max(1, keepdims=True),
        given.argmax(1, keepdims=True),
        e / e.sum(1, keepdims=True),
    ]
    return Case(b.chain(total, most, place, soft), [given], expected, 1e-4)


def wide_row():
    """A row for all threads of a block, with half precision in eight lanes."""
    b = ChainBuilder()
    x = b.input(3, 4096, dtype="float16")
    soft = b.call("_softmax", x, axis=(1,))
    given = normal(3, 4096, dtype="float16")
    e = np.exp(given.astype(np.float64))
    return Case(b.chain(soft), [given], [e / e.sum(1, keepdims=True)], 2e-3)


def tall_columns():
    """Columns that blocks share, and a running mean in place."""
    b = ChainBuilder()
    x, held = b.input(3000, 12), b.input(1, 12)
    mean, var = b.reduce("mean", x, 0), b.reduce("var", x, 0)
    kept = b.call("multiply", held, b.constant(0.9, 1, 1))
    moved = b.call("add", kept, b.call("multiply", mean, b.constant(0.1, 1, 1)))
    given = [normal(3000, 12) + 3, normal(1, 12)]
    x = given[0].astype(np.float64)
    expected = [0.9 * given[1] + 0.1 * x.mean(0), x.var(0, keepdims=True)]
    return Case(b.chain(moved, var), given, expected, 1e-5, {0: 1})


def columns_of_images():
    """Sums along axes before and after the one that is kept, and one in the middle."""
    b = ChainBuilder()
    x, bias = b.input(4, 300, 6), b.input(1, 1, 6)
    y = b.call("add", x, bias)
    given = [normal(4, 300, 6), normal(1, 1, 6)]
    made = (given[0] + given[1]).astype(np.float64)
    chain = b.chain(y, b.reduce("sum", y, 0, 2), b.reduce("_max", y, 1))
    expected = [made, made.sum((0, 2), keepdims=True), made.max(1, keepdims=True)]
    return Case(chain, given, expected, 1e-5)


def many_totals():
    """What a block joins has no room in the memory that it shares with all lanes."""
    b = ChainBuilder()
    x, mask = b.input(3000, 16, dtype="float64"), b.input(3000, 16, dtype="bool")
    kept = b.call("_choose", mask, x, b.constant(0.0, 1, 1, dtype="float64"))
    totals = [b.reduce(name, kept, 0) for name in ("sum", "_max", "_min")]
    given = [normal(3000, 16, dtype="float64"), normal(3000, 16) > 0]
    chosen = np.where(given[1], given[0], 0)
    expected = [f(chosen, 0, keepdims=True) for f in (np.sum, np.max, np.min)]
    return Case(b.chain(*totals), given, expected)


def whole_sum():
    b = ChainBuilder()
    x = b.input(50, 2000)
    given = normal(50, 2000)
    chain = b.chain(b.reduce("mean", b.call("square", x), 0, 1))
    return Case(chain, [given], [np.mean(given.astype("d") ** 2, keepdims=True)], 1e-5)


def dropped(shape=(5, 24), noise=None):
    b = ChainBuilder()
    noise = noise or shape
    x, key = b.input(*shape), b.input(2, dtype="uint64")
    y = b.call("_dropout", x, key, shape=shape, dtype="float32", rate=0.4,
               noise_shape=noise)  # fmt: skip
    given = [normal(*shape), np.array([3, 9], np.uint64)]
    bits = philox([3, 9], int(np.prod(noise))).reshape(noise)
    kept = bits >= round(0.4 * 2**32)
    expected = np.where(kept, given[0] * np.float32(1 / 0.6), 0)
    return Case(b.chain(y), given, [expected], 0)


def uniform():
    b = ChainBuilder()
    key = b.input(2, dtype="uint32")
    y = b.call("_uniform", key, shape=(7, 3), dtype="float32")
    b.calls[-1] = b.calls[-1]._replace(static=(("dtype", "float32"),))
    expected = (philox([1, 2], 21) >> 8).reshape(7, 3) * 2.0**-24
    return Case(b.chain(y), [np.array([1, 2], np.uint32)], [expected], 0)


def still_read():
    """An output in the memory of an input that a later pass reads."""
    b = ChainBuilder()
    x = b.input(3, 4)
    e = b.call("negative", x)
    away = b.call("subtract", x, b.reduce("sum", e, 1))
    given = np.arange(12.0, dtype=np.float32).reshape(3, 4)
    expected = [-given, given + given.sum(1, keepdims=True)]
    return Case(b.chain(e, away), [given], expected, 0, {0: 0})


def row_in_place():
    """A value of each row in the memory of one that other threads read."""
    b = ChainBuilder()
    x, held = b.input(3, 40), b.input(3, 1)
    y = b.call("multiply", x, held)
    chain = b.chain(y, b.reduce("sum", y, 1))
    given = [np.ones((3, 40), "float32"), np.array([[1], [2], [3]], "float32")]
    expected = [given[0] * given[1], 40 * given[1]]
    return Case(chain, given, expected, 0, {1: 1})


def turned():
    b = ChainBuilder()
    x = b.input(6, 6)
    y = b.call("_transpose", x, shape=(6, 6), axes=(1, 0))
    given = np.arange(36.0, dtype=np.float32).reshape(6, 6)
    return Case(b.chain(b.call("negative", y)), [given], [-given.T], 0, {0: 0})


def rounded():
    """bfloat16 in and out, float32 between; its rounding where it is cast."""
    b = ChainBuilder()
    x = b.input(2, 40, dtype="bfloat16")
    wide = b.call("cast_to", x, dtype="float32", shape=(2, 40))
    y = b.call("multiply", wide, b.constant(1.001, 1, 1))
    half = b.call("cast_to", y, dtype="bfloat16", shape=(2, 40))
    b.slots[half] = b.slots[half]._replace(dtype="bfloat16")
    given = normal(2, 40).astype(BFLOAT16)
    made = given.astype("float32") * np.float32(1.001)
    chain = b.chain(y, half)
    return Case(chain, [given], [made, made.astype(BFLOAT16)], 0)


def numbers(dtype, value):
    def case():
        b = ChainBuilder()
        x = b.input(3, dtype=dtype)
        y = b.call("maximum", x, b.constant(value, 1, dtype=dtype))
        given = np.zeros(3, dtype)
        expected = np.maximum(given, np.asarray(value, dtype))
        return Case(b.chain(y), [given], [expected], 0)

    return case


def scalars():
    b = ChainBuilder()
    step = b.input(dtype="int64")
    one = b.call("add", step, b.constant(1, dtype="int64"))
    return Case(b.chain(one), [np.int64(41)], [np.int64(42)], 0, {0: 0})


CASES = {
    "ragged tail": ragged_tail,
    "adam": adam,
    "layer normalization": layer_normalization,
    "half layer normalization": lambda: layer_normalization(dtype="float16"),
    "long row": long_row,
    "wide row": wide_row,
    "tall columns": tall_columns,
    "columns of images": columns_of_images,
    "many totals": many_totals,
    "whole sum": whole_sum,
    "dropout": dropped,
    "dropout with a tail": lambda: dropped((3, 35)),
    "flat dropout": lambda: dropped((1003,)),
    "dropout of columns": lambda: dropped((6, 24), (1, 24)),
    "dropout of rows": lambda: dropped((6, 24), (6, 1)),
    "uniform": uniform,
    "still read": still_read,
    "row in place": row_in_place,
    "turned": turned,
    "bfloat16": rounded,
    "uint64": numbers("uint64", 2**64 - 1),
    "int64": numbers("int64", -(2**63)),
    "int8": numbers("int8", -5),
    "bool": numbers("bool", True),
    "infinity": numbers("float32", float("inf")),
    "minus infinity": numbers("float64", float("-inf")),
    "not a number": numbers("float32", float("nan")),
    "scalars": scalars,
}
