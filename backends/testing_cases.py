"""The table of the conformance suite: calls of kernels, and NumPy's answers.

A row is `(kernel, dtypes, arguments, reference)`. Arguments of dtype float64 are
converted to each dtype of the group named (see `testing.DTYPES`), others stay.
"""

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

__all__ = ["TABLE"]

Row = tuple[str, str, tuple[Any, ...], Callable[..., Any]]

X = np.array([[0.5, -1.5, 2.0], [1.5, 0.25, -0.75]])
Y = np.array([[1.0, -0.5, 1.5], [-2.0, 0.5, 2.5]])
ROW = np.array([1.5, -1.0, 0.5])
POSITIVE = np.array([[0.5, 1.5, 2.0], [1.0, 0.25, 0.75]])
INNER = np.array([[0.5, -0.25, 0.75], [0.0, -0.875, 0.125]])
ODD = np.array([1.0, 0.0, -0.0, np.nan, np.inf, -np.inf])
WIDE = np.array([-9.0, -4.5, -1.0, -0.25, 0.0, 0.5, 3.0, 7.75, 8.25])
CUBE = np.arange(24.0).reshape(2, 3, 4) % 7 - 2.5
INT = np.array([[3, 0, 2], [1, 2, 0]], "int32")
FLAT = np.array([2, 0, 2, 4, 1], "int32")
YES = np.array([[True, False, True], [False, True, True]])
Z = np.array([1 + 2j, -0.5j, 3.0, -1 - 1j], "complex64")
EMPTY = np.zeros((0, 3))


def _one(names: str, group: str, *inputs: np.ndarray) -> list[Row]:
    """Rows of kernels that NumPy has by the same name, each on several inputs."""
    return [
        (name, group, (x,), getattr(np, name)) for name in names.split() for x in inputs
    ]


def _two(names: str, group: str, *pairs: tuple[Any, Any]) -> list[Row]:
    return [
        (name, group, pair, getattr(np, name))
        for name in names.split()
        for pair in pairs
    ]


def _reductions(names: str, group: str) -> list[Row]:
    def reference(name: str) -> Callable[..., Any]:
        function = getattr(np, name)

        def call(x: Any, axis: Any, keepdims: bool) -> Any:
            wide = x.astype("float64") if x.dtype.kind == "f" else x
            made = function(wide, axis=axis, keepdims=keepdims)
            return made if made.dtype.kind in "fb" else made.astype(x.dtype)

        return call

    calls = ((X, (0, 1), False), (X, (1,), True), (CUBE, (0, 2), False))
    return [
        (name, group, call, reference(name)) for name in names.split() for call in calls
    ]


def _vector(function: Callable[[float], float]) -> Callable[[Any], Any]:
    return lambda x: np.vectorize(function, otypes=["float64"])(x)


def _erfinv(y: float) -> float:
    return NormalDist().inv_cdf((1.0 + y) / 2.0) / math.sqrt(2.0)


def _i1(x: float) -> float:
    terms = (
        (x / 2) ** (2 * k + 1) / (math.factorial(k) * math.factorial(k + 1))
        for k in range(60)
    )
    return math.fsum(terms)


def _put(g: Any, key: Any, shape: Any) -> Any:
    made = np.zeros(shape, g.dtype)
    np.add.at(made, key, g)
    return made


def _scatter(updates: Any, indices: Any, size: int) -> Any:
    return _put(updates, indices, (size, *updates.shape[1:]))


def _recurrence(a: Any, b: Any, axis: int) -> Any:
    y = np.array(b)
    for i in range(1, y.shape[axis]):
        y[:, i] = a[:, i] * y[:, i - 1] + b[:, i]
    return y


def _softmax(x: Any, axis: Any) -> Any:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _qr(x: Any, mode: str) -> Any:
    made: Any = np.linalg.qr(x, mode)  # type: ignore[call-overload]
    return tuple(made)


ELEMENTWISE: list[Row] = [
    *_two("add subtract multiply", "number", (X, Y), (X, ROW), (X[:, :1], ROW)),
    *_two("add multiply", "bits", (X, Y)),
    *_two("divide", "float", (X, Y), (X, ROW), (ODD, ODD[::-1].copy())),
    *_two("maximum minimum", "number", (X, Y), (X, ROW), (EMPTY, ROW)),
    *_two("maximum minimum hypot", "float", (ODD, np.ones(6))),
    *_two("power", "float", (POSITIVE, Y)),
    *_two("floor_divide mod fmod", "float", (X, ROW)),
    *_two("arctan2 logaddexp hypot nextafter", "float", (X, Y), (X, ROW)),
    *_two("equal not_equal less less_equal", "any", (X, Y), (INNER, INNER), (X, ROW)),
    *_two("greater greater_equal", "any", (X, Y), (INNER, INNER), (X, ROW)),
    *_two("gcd", "own", (np.array([[12], [18], [0]], "int32"), FLAT * 4)),
    *_two("bitwise_and bitwise_or bitwise_xor", "bits", (X, Y), (X, ROW)),
    *_two("left_shift", "own", (INT, FLAT[:3]), (INT, INT)),
    *_two("right_shift", "own", (INT * 9, FLAT[:3]), (-INT, INT)),
    *_two("logical_and logical_or logical_xor", "own", (YES, YES[:, ::-1].copy())),
    *_one("negative absolute sign square", "number", X, EMPTY),
    *_one("exp exp2 expm1 sin cos tan arctan sinh cosh tanh arcsinh", "float", X, ROW),
    *_one("log log2 log10 log1p sqrt", "float", POSITIVE, ODD),
    *_one("arcsin arccos arctanh sinc", "float", INNER),
    *_one("floor ceil trunc round cbrt", "float", X, np.array([0.5, 1.5, -2.5])),
    *_one("isnan isfinite isinf signbit", "float", ODD),
    *_one("isnan isfinite isinf", "own", INT),
    *_one("bitwise_invert", "bits", X),
    *_one("logical_not", "own", YES),
    *_one("real imag conj", "own", Z),
    ("arccosh", "float", (POSITIVE + 1,), np.arccosh),
    ("rsqrt", "float", (POSITIVE,), lambda x: 1 / np.sqrt(x)),
    ("signbit", "own", (INT - 1,), lambda x: x < 0),
    ("clip", "float", (X, ROW - 1, ROW + 1), np.clip),
    ("where", "number", (YES, X, Y), np.where),
    ("where", "float", (YES, X, np.array(0.5)), np.where),
    (
        "divide_no_nan",
        "float",
        (X, np.array([2.0, 0.0, -0.5])),
        lambda a, b: np.where(b == 0, 0.0, a / np.where(b == 0, 1.0, b)),
    ),
    (
        "join_complex",
        "own",
        (X.astype("float32"), Y.astype("float32")),
        lambda a, b: a + 1j * b,
    ),
    ("erf", "float", (WIDE,), _vector(math.erf)),
    ("erfc", "float", (WIDE,), _vector(math.erfc)),
    ("erfinv", "float", (INNER,), _vector(_erfinv)),
    ("bessel_i0", "float", (X,), np.i0),
    ("bessel_i1", "float", (X,), _vector(_i1)),
]
REDUCTIONS: list[Row] = [
    *_reductions("sum mean var max min", "float"),
    *_reductions("sum prod max min", "number"),
    ("all", "own", (YES, (1,), False), lambda x, a, k: np.all(x, a, keepdims=k)),
    ("any", "own", (YES, (0, 1), True), lambda x, a, k: np.any(x, a, keepdims=k)),
    (
        "sum_to",
        "number",
        (X, (1, 3)),
        lambda x, s: x.sum(0, keepdims=True).astype(x.dtype),
    ),
    ("argmax", "number", (X, 1), np.argmax),
    ("argmin", "number", (CUBE, 0), np.argmin),
    ("cumsum", "float", (CUBE, 1), np.cumsum),
    ("cumprod", "float", (X, 1), np.cumprod),
    ("recurrence", "float", (X, Y, 1), _recurrence),
    ("bincount", "own", (FLAT, 6), lambda x, n: np.bincount(x, minlength=n)),
    (
        "histogram",
        "float",
        (WIDE, np.array([-5.0, 0.0, 8.25])),
        lambda x, e: np.histogram(x, e)[0],
    ),
    ("digitize", "float", (X, np.array([-1.0, 0.25, 1.5])), np.digitize),
    ("isin", "number", (X, np.array([0.5, 2.0, 7.0])), np.isin),
]
MOVEMENT: list[Row] = [
    ("take", "number", (CUBE, INT, 2), np.take),
    ("take_along_axis", "float", (X, INT % 3, 1), np.take_along_axis),
    ("scatter_add", "float", (CUBE[0], FLAT[:3], 5), _scatter),
    ("get_item", "number", (CUBE, (slice(None), 1, slice(0, 4, 2))), lambda x, k: x[k]),
    ("put_item", "float", (X, (slice(None), 1), (2, 4, 3)), _put),
    ("nonzero", "own", (INT,), np.nonzero),
    ("argsort", "number", (CUBE, 2), lambda x, a: np.argsort(x, a, stable=True)),
    ("top_k", "float", (X, 2), lambda x, k: np.argsort(-x, 1, stable=True)[:, :k]),
    ("matmul", "float", (X, Y.T.copy()), np.matmul),
    ("matmul", "float", (CUBE, np.ones((4, 2))), np.matmul),
    ("qr", "own", (X.T.copy(), "reduced"), _qr),
    ("relu", "number", (X,), lambda x: np.maximum(x, 0)),
    ("sigmoid", "float", (WIDE,), lambda x: 1 / (1 + np.exp(-x))),
    ("softplus", "float", (WIDE,), lambda x: np.logaddexp(x, 0)),
    ("softmax", "float", (X, (1,)), _softmax),
    ("log_softmax", "float", (X, (0, 1)), lambda x, a: np.log(_softmax(x, a))),
]
TABLE: list[Row] = [*ELEMENTWISE, *REDUCTIONS, *MOVEMENT]
