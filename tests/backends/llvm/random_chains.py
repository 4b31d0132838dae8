"""Random chains of calls, and what NumPy computes for them one call at a time."""

import math
from functools import partial

import numpy as np
from scipy import special

from kerasish.backends.base.chain import Call, Chain, Slot

FLOATS = ("float32", "float64", "float16")
INTEGERS = ("int32", "uint8", "int64", "int16")
SIZES = (1, 1, 2, 3, 5, 8, 17, 33)
REDUCTIONS = {"sum": np.sum, "_max": np.max, "_min": np.min, "mean": np.mean}
BOOLEAN_REDUCTIONS = {"all": np.all, "any": np.any}


def _wide(function):
    """Computes half precision in float32, as the backend does."""

    def wrapped(x, *others, **options):
        if x.dtype != np.float16:
            return function(x, *others, **options)
        given = [y.astype(np.float32) for y in (x, *others)]
        return np.asarray(function(*given, **options)).astype(np.float16)

    return wrapped


def _softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def _log_softmax(x, axis):
    return np.log(_softmax(x.astype(np.float64), axis)).astype(x.dtype)


def _divide_no_nan(x, y):
    return np.where(y == 0, 0, x / np.where(y == 0, 1, y)).astype(x.dtype)


# Results that any correct implementation rounds alike; the operands are any numbers.
EXACT = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "negative": np.negative,
    "absolute": np.absolute,
    "square": np.square,
    "_stop_gradient": np.positive,
    "relu": lambda x: np.maximum(x, np.zeros((), x.dtype)),
    "_clip": lambda x, low, high: np.minimum(np.maximum(x, low), high),
}
EXACT_FLOATS = {"divide_no_nan": _divide_no_nan}
# Small errors of an operand may become large ones of the result.
STEPS = {
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "_round": np.round,
}
COMPARISONS = {
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
}
TESTS = {"isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite}
LOGICAL = {
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "logical_not": np.logical_not,
}
BITS = {
    "bitwise_and": np.bitwise_and,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
}
# Within a few units in the last place, for any operand.
SMOOTH = {
    "tanh": np.tanh,
    "sigmoid": special.expit,
    "softplus": partial(np.logaddexp, 0),
    "erf": special.erf,
    "sin": np.sin,
    "cos": np.cos,
    "arctan": np.arctan,
    "arcsinh": np.arcsinh,
    "cbrt": np.cbrt,
    "hypot": np.hypot,
    "arctan2": np.arctan2,
    "logaddexp": np.logaddexp,
}
# Their operand is limited first, so that results stay ordinary numbers.
LIMITED = {
    "exp": (np.exp, -5.0, 5.0),
    "expm1": (np.expm1, -5.0, 5.0),
    "log": (np.log, 0.125, 1e6),
    "log1p": (np.log1p, 0.0, 1e6),
    "sqrt": (np.sqrt, 0.0, 1e6),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 0.125, 1e6),
}
BINARY = {
    *"add subtract multiply maximum minimum divide_no_nan hypot arctan2".split(),
    *"logaddexp logical_and logical_or logical_xor bitwise_and bitwise_or".split(),
    *("bitwise_xor", *COMPARISONS),
}
TABLE = {
    **EXACT,
    **EXACT_FLOATS,
    **STEPS,
    **COMPARISONS,
    **TESTS,
    **LOGICAL,
    **BITS,
    **{name: _wide(f) for name, f in SMOOTH.items()},
    **{name: _wide(f) for name, (f, _, _) in LIMITED.items()},
    "_choose": np.where,
}


class Maker:
    """Makes a chain call by call, computing it on the way.

    Args:
        seed: Of all that is random in it.
        moves: Whether axes may be reshaped, transposed or dropped.
        sizes: The sizes that axes may have.
    """

    def __init__(self, seed, moves=False, sizes=SIZES):
        self.rng = np.random.default_rng(seed)
        self.moves = moves
        rank = int(self.rng.integers(1, 5))
        self.domain = tuple(int(n) for n in self.rng.choice(sizes, rank))
        self.slots, self.calls, self.inputs = [], [], []
        self.values, self.exact = [], []
        self.scale = {}
        for _ in range(self.rng.integers(1, 5)):
            self.input(self.pick((*FLOATS, "float32", "float32", *INTEGERS, "bool")))
        self.input(self.pick(FLOATS))
        for _ in range(self.rng.integers(1, 16)):
            self.call()
        self.chain = self.finished()

    def pick(self, options):
        return options[int(self.rng.integers(len(options)))]

    def shape(self):
        kind = self.rng.integers(3)
        if kind == 0:
            return self.domain
        keep = self.rng.integers(2, size=len(self.domain))
        return tuple(n if k else 1 for n, k in zip(self.domain, keep, strict=True))

    def array(self, shape, dtype):
        if dtype == "bool":
            return self.rng.integers(2, size=shape).astype(bool)
        if dtype in INTEGERS:
            low = 0 if dtype.startswith("u") else -9
            return self.rng.integers(low, 10, size=shape).astype(dtype)
        return (self.rng.integers(-512, 513, size=shape) / 128).astype(dtype)

    def slot(self, value, exact, constant=None):
        value = np.asarray(value)
        self.slots.append(Slot(value.shape, value.dtype.name, constant))
        self.values.append(value)
        self.exact.append(exact)
        return len(self.slots) - 1

    def input(self, dtype):
        slot = self.slot(self.array(self.shape(), dtype), True)
        self.inputs.append(slot)
        return slot

    def constant(self, value, dtype):
        shape = (1,) * len(self.domain)
        array = np.full(shape, value, dtype)
        return self.slot(array, True, array.flat[0].item())

    def add(self, name, inputs, value, exact, **static):
        value = np.asarray(value)
        output = self.slot(value, exact)
        self.calls.append(
            Call(name, tuple(inputs), output, tuple(sorted(static.items())))
        )
        if value.dtype.kind == "f":
            size = float(np.max(np.abs(value.astype(np.float64)), initial=0.0))
            assert math.isfinite(size)
            self.scale[output] = size
        return output

    def some(self, accept):
        found = [i for i, s in enumerate(self.slots) if accept(i, s)]
        return self.pick(found) if found else None

    def fits(self, i, j):
        """Tells whether two values broadcast, their ranks being equal."""
        a, b = self.values[i].shape, self.values[j].shape
        return len(a) == len(b) and all(
            n == m or 1 in (n, m) for n, m in zip(a, b, strict=True)
        )

    def of(self, dtype, *others, exact=False):
        """Returns a value of a dtype that broadcasts with others."""
        return self.some(
            lambda i, s: (
                s.dtype == dtype
                and (self.exact[i] or not exact)
                and all(self.fits(i, j) for j in others)
            )
        )

    def call(self):
        kinds = "element element element limited step compare choose cast reduce reduce"
        kind = self.pick(kinds.split() + ["softmax"] + ["move"] * 3 * self.moves)
        getattr(self, f"make_{kind}")()

    def apply(self, name, *inputs, exact=True):
        with np.errstate(all="ignore"):
            value = TABLE[name](*(self.values[i] for i in inputs))
        value = np.asarray(value)
        if value.dtype.kind == "f" and not np.all(np.abs(value) < 1e4):
            return None  # it would soon overflow
        known = exact and all(self.exact[i] for i in inputs)
        return self.add(name, inputs, value, known)

    def make_element(self):
        x = self.some(lambda i, s: True)
        dtype = self.slots[x].dtype
        if dtype == "bool":
            names = [*LOGICAL, "maximum", "minimum"]
        elif dtype in FLOATS:
            names = [*EXACT, *EXACT, *EXACT_FLOATS, *SMOOTH, *TESTS]
        else:
            names = [*EXACT, *BITS, *TESTS]
        name = self.pick(names)
        if name == "_clip":
            return self.apply(name, x, self.constant(1, dtype), self.constant(3, dtype))
        inputs = [x]
        if name in BINARY:
            inputs.append(self.of(dtype, x))
        risky = name == "divide_no_nan" and not self.exact[inputs[1]]
        if risky or (name in TESTS and not self.exact[x]):
            return None
        return self.apply(name, *inputs, exact=name not in SMOOTH)

    def make_limited(self):
        x = self.some(lambda i, s: s.dtype in FLOATS)
        name = self.pick(list(LIMITED))
        _, low, high = LIMITED[name]
        dtype = self.slots[x].dtype
        high = min(high, 6e4)
        x = self.apply(
            "_clip", x, self.constant(low, dtype), self.constant(high, dtype)
        )
        return None if x is None else self.apply(name, x, exact=name == "sqrt")

    def make_step(self):
        x = self.some(lambda i, s: s.dtype in FLOATS and self.exact[i])
        return None if x is None else self.apply(self.pick(list(STEPS)), x)

    def make_compare(self):
        x = self.some(lambda i, s: self.exact[i])
        y = self.of(self.slots[x].dtype, x, exact=True)
        return self.apply(self.pick(list(COMPARISONS)), x, y)

    def make_choose(self):
        x = self.some(lambda i, s: True)
        y = self.of(self.slots[x].dtype, x)
        condition = self.of("bool", x, y)
        if condition is None:
            return None
        return self.apply("_choose", condition, x, y)

    def make_cast(self):
        x = self.some(lambda i, s: True)
        old, new = self.slots[x].dtype, self.pick((*FLOATS, *INTEGERS, "bool"))
        if old in FLOATS and new not in FLOATS and not self.exact[x]:
            return None
        if old in FLOATS and new.startswith("u"):
            x = self.apply("absolute", x)
        if x is None:
            return None
        value = self.values[x]
        limit = {"uint8": 200.0, "int16": 3e4}.get(new, 1e4)
        if old in FLOATS and not np.all(np.abs(value) < limit):
            return None
        if new in FLOATS and not np.all(np.abs(value.astype(np.float64)) < 1e4):
            return None
        return self.add("cast_to", [x], value.astype(new), self.exact[x], dtype=new)

    def axes(self, x):
        rank = self.values[x].ndim
        chosen = tuple(i for i in range(rank) if self.rng.integers(2))
        return chosen or (rank - 1,)

    def make_reduce(self):
        x = self.some(lambda i, s: self.values[i].ndim > 0)
        value, axis = self.values[x], self.axes(x)
        keepdims = not (self.moves and self.rng.integers(2))
        dtype, is_float = self.slots[x].dtype, self.slots[x].dtype in FLOATS
        if dtype == "bool":
            name = self.pick(list(BOOLEAN_REDUCTIONS))
            made = BOOLEAN_REDUCTIONS[name](value, axis, keepdims=keepdims)
            return self.add(
                name, [x], made, self.exact[x], axis=axis, keepdims=keepdims
            )
        names = ["sum", "sum", "_max", "_min"] + ["mean", "var"] * is_float
        name = self.pick(names)
        wide = value.astype(np.float64) if is_float else value
        if name == "var":
            made = np.var(wide, axis, keepdims=keepdims)
        elif name == "sum" and not is_float:
            made = np.sum(wide, axis, dtype=dtype, keepdims=keepdims)
        else:
            made = REDUCTIONS[name](wide, axis, keepdims=keepdims)
        if is_float and not np.all(np.abs(made) < 1e4):
            return None
        exact = self.exact[x] and (name in ("_max", "_min") or not is_float)
        made = np.asarray(made).astype(dtype)
        return self.add(name, [x], made, exact, axis=axis, keepdims=keepdims)

    def make_softmax(self):
        x = self.some(lambda i, s: s.dtype in FLOATS and self.values[i].ndim > 0)
        if x is None:
            return None
        name = self.pick(["_softmax", "_log_softmax"])
        function = {"_softmax": _softmax, "_log_softmax": _log_softmax}[name]
        axis = self.axes(x)
        value = function(self.values[x].astype(np.float64), axis)
        value = value.astype(self.slots[x].dtype)
        return self.add(name, [x], value, False, axis=axis)

    def make_move(self):
        x = self.some(lambda i, s: self.values[i].ndim > 0)
        if x is None:
            return None
        value = self.values[x]
        if self.rng.integers(2):
            axes = tuple(int(i) for i in self.rng.permutation(value.ndim))
            made = np.transpose(value, axes)
            return self.add("_transpose", [x], made, self.exact[x], axes=axes)
        shape = self.pick([(-1,), (*value.shape, 1), (value.shape[0], -1), (1, -1)])
        made = value.reshape(shape)
        return self.add("_reshape", [x], made, self.exact[x], shape=made.shape)

    def finished(self):
        written = [c.output for c in self.calls]
        count = min(len(written), int(self.rng.integers(1, 4)))
        chosen = [int(i) for i in self.rng.choice(written, count, replace=False)]
        if written and written[-1] not in chosen:
            chosen.append(written[-1])
        return Chain(
            tuple(self.slots), tuple(self.inputs), tuple(self.calls), tuple(chosen)
        )

    def given(self):
        """Returns fresh inputs."""
        return [np.array(self.values[i]) for i in self.inputs]

    def tolerance(self, slot):
        """Returns what the roundings of all calls may come to in a value."""
        if self.exact[slot]:
            return 0.0
        dtypes = {self.slots[i].dtype for i in self.scale}
        eps = max(float(np.finfo(d).eps) for d in dtypes)
        return 64 * eps * max(1.0, *self.scale.values())
