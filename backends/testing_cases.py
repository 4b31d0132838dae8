"""The table of the conformance suite: calls of kernels, and NumPy's answers.

A row is `(kernel, dtypes, arguments, reference)`. Arguments of dtype float64 are
converted to each dtype of the group named (see `testing.DTYPES`), others stay.
"""

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

from kerasish.backends.testing_sequences import SEQUENCES

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
KEY = np.array([7, 3], "uint32")
COUNTS = np.array([0.0, 5.0, 6.0, 1e6, 1e6 + 1])
HEADS = (CUBE[None], CUBE[None, :, ::-1] * 0.5, CUBE[None, :, :, 1:] * 0.25)
BIAS = np.array([[[0.5, -0.5, 1.0], [0.25, 0.0, -1.0], [1.5, -0.5, 0.5]]])
SEEN = np.array([[True, False, True], [False] * 3, [True, True, False]])
RULES = (BIAS, SEEN, True, None, 2.0)
FRAMES = np.log([[[0.4, 0.6], [0.7, 0.3]]])

# Rows 2 0 1 of the first are [[1, 0, 0], [0, 1, 0], [.5, -.25, 1]] times the second's
# upper triangle.
LINEAR = np.array([[0.0, 4.0, 2.0], [1.0, 0.5, 3.0], [2.0, 3.0, 4.0]])
LOWER_UPPER = np.array([[2.0, 3.0, 4.0], [0.0, 4.0, 2.0], [0.5, -0.25, 1.5]])


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


def _weights(q: Any, k: Any, bias: Any, mask: Any, *rules: Any) -> tuple[Any, Any, Any]:
    causal, window, cap = rules
    scores = q @ np.swapaxes(k, -1, -2) + (0.0 if bias is None else bias)
    bent = scores if cap is None else cap * np.tanh(scores / cap)
    slope = 1.0 if cap is None else 1.0 - (bent / cap) ** 2
    i, j = np.ogrid[: q.shape[2], : k.shape[2]]
    seen = (j <= i) | (not causal)
    seen = seen & (abs(i - j) < (window or np.inf)) & (True if mask is None else mask)
    weights = np.exp(bent) * seen
    total = weights.sum(-1, keepdims=True)
    return weights / np.where(total == 0, 1, total), total, slope


def _attention(q: Any, k: Any, v: Any, *rules: Any) -> tuple[Any, Any]:
    weights, total, _ = _weights(q, k, *rules)
    with np.errstate(divide="ignore"):
        return weights @ v, np.where(total == 0, np.inf, np.log(total))


def _attention_vjp(
    g: Any, g_sums: Any, q: Any, k: Any, v: Any, y: Any, sums: Any, *rules: Any
) -> tuple[Any, ...]:
    weights, _, slope = _weights(q, k, *rules)
    inner = (g * y).sum(-1, keepdims=True) - g_sums
    outer = weights * (g @ np.swapaxes(v, -1, -2) - inner) * slope
    turned = np.swapaxes(outer, -1, -2)
    made = (outer @ k, turned @ q, np.swapaxes(weights, -1, -2) @ g)
    return (*made, outer.sum(axis=(0, 1), keepdims=True)[0])


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


def _best_labels(logs: Any, *options: Any) -> Any:
    # Of 1 in the first frame, in the second, or in both, against none.
    p = np.exp(logs[0])
    chance = p[0, 1] * p[1, 0] + p[0, 0] * p[1, 1] + p[0, 1] * p[1, 1]
    return np.array([[[1, -1]]], "int32"), np.log(chance).reshape(1, 1)


def _softmax(x: Any, axis: Any) -> Any:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _qr(x: Any, mode: str) -> Any:
    made: Any = np.linalg.qr(x, mode)  # type: ignore[call-overload]
    return tuple(made)


def _lower_upper(x: Any) -> Any:
    return LOWER_UPPER, np.array([2, 2, 2], "int32"), np.array([2, 0, 1], "int32")


def _eig(x: Any) -> Any:
    return tuple(part.astype("complex128") for part in np.linalg.eig(x))


def _taps(x: Any, window: Any, strides: Any, dilation: Any, size: Any) -> Any:
    """Yields (output place, input place, place in the window) of a convolution."""
    for place in np.ndindex(*size):
        for offset in np.ndindex(*window):
            steps = zip(place, strides, offset, dilation, strict=True)
            source = tuple(p * s + o * d for p, s, o, d in steps)
            yield (slice(None), *place), (slice(None), *source), offset


def _sizes(spatial: Any, window: Any, strides: Any, dilation: Any) -> Any:
    sizes = zip(spatial, window, strides, dilation, strict=True)
    return tuple((n - (w - 1) * d - 1) // s + 1 for n, w, s, d in sizes)


def _dense(kernel: Any, groups: int) -> Any:
    """Returns a kernel over groups as one over all channels, zero across groups."""
    channels, filters = kernel.shape[-2], kernel.shape[-1] // groups
    made = np.zeros((*kernel.shape[:-2], channels * groups, kernel.shape[-1]))
    for i in range(groups):
        rows = slice(i * channels, (i + 1) * channels)
        columns = slice(i * filters, (i + 1) * filters)
        made[..., rows, columns] = kernel[..., columns]
    return made


def _framed(x: Any, padding: Any, value: float = 0) -> Any:
    return np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=value)


def _unframed(x: Any, padding: Any) -> Any:
    inner = [slice(a, n - b) for n, (a, b) in zip(x.shape[1:-1], padding, strict=True)]
    return x[(slice(None), *inner)]


def _convolve(
    x: Any, kernel: Any, strides: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    dense, x = _dense(kernel, groups), _framed(x, padding)
    size = _sizes(x.shape[1:-1], kernel.shape[:-2], strides, dilation)
    y = np.zeros((len(x), *size, kernel.shape[-1]))
    for at, source, offset in _taps(x, kernel.shape[:-2], strides, dilation, size):
        y[at] += x[source] @ dense[offset]
    return y


def _convolve_input(g: Any, kernel: Any, shape: Any, *how: Any) -> Any:
    strides, padding, dilation, groups = how
    dense, made = _dense(kernel, groups), _framed(np.zeros(shape), padding)
    size = g.shape[1:-1]
    for at, source, offset in _taps(made, kernel.shape[:-2], strides, dilation, size):
        made[source] += g[at] @ dense[offset].T
    return _unframed(made, padding)


def _convolve_kernel(g: Any, x: Any, shape: Any, *how: Any) -> Any:
    strides, padding, dilation, groups = how
    x = _framed(x, padding)
    dense = np.zeros((*shape[:-2], x.shape[-1], shape[-1]))
    for at, source, offset in _taps(x, shape[:-2], strides, dilation, g.shape[1:-1]):
        dense[offset] += x[source].T @ g[at]
    channels, filters = shape[-2], shape[-1] // groups
    parts = [
        dense[..., i * channels : (i + 1) * channels, i * filters : (i + 1) * filters]
        for i in range(groups)
    ]
    return np.concatenate(parts, axis=-1)


def _pools(x: Any, window: Any, strides: Any, padding: Any) -> Any:
    """Returns `(batch, *positions, channels, elements)`, NaN around the images."""
    near, x = (1,) * len(window), _framed(x, padding, np.nan)
    size = _sizes(x.shape[1:-1], window, strides, near)
    made = np.zeros((len(x), *size, x.shape[-1], math.prod(window)))
    for at, source, offset in _taps(x, window, strides, near, size):
        made[(*at, slice(None), np.ravel_multi_index(offset, window))] = x[source]
    return made


def _max_pool(x: Any, *how: Any) -> Any:
    made = _pools(x, *how)
    return np.nanmax(made, -1), np.nanargmax(made, -1)


def _at_places(u: Any, places: Any, *how: Any) -> Any:
    made = np.nan_to_num(_pools(u, *how))
    return np.take_along_axis(made, places[..., None].astype(int), -1)[..., 0]


def _from_places(g: Any, places: Any, shape: Any, *how: Any) -> Any:
    window, strides, padding = how
    made, near = _framed(np.zeros(shape), padding), (1,) * len(window)
    for at, source, offset in _taps(made, window, strides, near, g.shape[1:-1]):
        made[source] += g[at] * (places[at] == np.ravel_multi_index(offset, window))
    return _unframed(made, padding)


def _average_pool(x: Any, *how: Any) -> Any:
    return np.nanmean(_pools(x, *how), -1)


def _average_pool_gradient(g: Any, shape: Any, *how: Any) -> Any:
    window, strides, padding = how
    share = g / np.isfinite(_pools(np.ones(shape), *how)).sum(-1)
    made, near = _framed(np.zeros(shape), padding), (1,) * len(window)
    for at, source, _ in _taps(made, window, strides, near, g.shape[1:-1]):
        made[source] += share[at]
    return _unframed(made, padding)


IMAGE = np.cos(np.arange(2 * 5 * 6 * 4.0)).reshape(2, 5, 6, 4)
KERNEL = np.sin(np.arange(3 * 2 * 2 * 6.0)).reshape(3, 2, 2, 6)  # of two groups
OUT = np.cos(np.arange(2 * 2 * 4 * 6.0)).reshape(2, 2, 4, 6)
SEQUENCE = np.sin(np.arange(2 * 7 * 3.0)).reshape(2, 7, 3)
HOW = ((2, 1), ((0, 0), (0, 0)), (1, 2), 2)
FRAMED = ((2, 1), ((1, 0), (2, 1)), (1, 2), 2)
WIDE_OUT = np.cos(np.arange(2 * 2 * 7 * 6.0)).reshape(2, 2, 7, 6)
POOLED = np.cos(np.arange(2 * 3 * 3.0)).reshape(2, 3, 3)
AT = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1] * 2, "uint8").reshape(2, 3, 3)
PAIRS = ((2,), (2,), ((0, 0),))
NEAR = ((2, 3), (1, 2), ((1, 0), (1, 1)))
CONVOLUTION: list[Row] = [
    ("convolve", "float", (IMAGE, KERNEL, *HOW), _convolve),
    ("convolve", "float", (IMAGE, KERNEL, *FRAMED), _convolve),
    (
        "convolve",
        "float",
        (
            SEQUENCE,
            KERNEL[:, 0, :, :3].repeat(2, 1)[:, :3],
            (1,),
            ((0, 0),),
            (1,),
            1,
        ),
        _convolve,
    ),
    (
        "convolve_input_gradient",
        "float",
        (OUT, KERNEL, IMAGE.shape, *HOW),
        _convolve_input,
    ),
    (
        "convolve_input_gradient",
        "float",
        (WIDE_OUT, KERNEL, IMAGE.shape, *FRAMED),
        _convolve_input,
    ),
    (
        "convolve_kernel_gradient",
        "float",
        (OUT, IMAGE, KERNEL.shape, *HOW),
        _convolve_kernel,
    ),
    (
        "convolve_kernel_gradient",
        "float",
        (WIDE_OUT, IMAGE, KERNEL.shape, *FRAMED),
        _convolve_kernel,
    ),
    ("max_pool", "float", (SEQUENCE, *PAIRS), _max_pool),
    ("max_pool", "float", (IMAGE, *NEAR), _max_pool),
    ("at_places", "float", (SEQUENCE, AT, *PAIRS), _at_places),
    ("from_places", "float", (POOLED, AT, SEQUENCE.shape, *PAIRS), _from_places),
    ("average_pool", "float", (SEQUENCE, *PAIRS), _average_pool),
    ("average_pool", "float", (IMAGE, *NEAR), _average_pool),
    (
        "average_pool_gradient",
        "float",
        (POOLED, SEQUENCE.shape, *PAIRS),
        _average_pool_gradient,
    ),
]
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
ATTENTION: list[Row] = [
    ("attention", "float", (*HEADS, BIAS, SEEN, False, None, None), _attention),
    ("attention", "float", (*HEADS, None, None, True, 2, 1.5), _attention),
    (
        "attention_vjp",
        "float",
        (HEADS[2], HEADS[0][..., :1], *HEADS, *_attention(*HEADS, *RULES), *RULES),
        _attention_vjp,
    ),
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
    ("lu_factor", "own", (LINEAR,), _lower_upper),
    ("eig", "own", (LINEAR[:2, :2],), _eig),
    ("relu", "number", (X,), lambda x: np.maximum(x, 0)),
    ("sigmoid", "float", (WIDE,), lambda x: 1 / (1 + np.exp(-x))),
    ("softplus", "float", (WIDE,), lambda x: np.logaddexp(x, 0)),
    ("softmax", "float", (X, (1,)), _softmax),
    ("log_softmax", "float", (X, (0, 1)), lambda x, a: np.log(_softmax(x, a))),
    # Where the distribution is a point, and the numbers are known.
    ("random_log_gamma", "own", (KEY, np.array([1e30, 1e34])), lambda k, a: np.log(a)),
    ("random_binomial", "own", (KEY, COUNTS, COUNTS % 2), lambda k, n, p: n * p),
    ("ctc_beam_search", "float", (FRAMES, FLAT[:1], 4, 1, 0), _best_labels),
]
# A single process is the whole group: the sum is what it gives.
COMMUNICATION: list[Row] = [("all_reduce", "number", (X,), np.copy)]

TABLE: list[Row] = [
    *(*ELEMENTWISE, *REDUCTIONS, *MOVEMENT, *CONVOLUTION),
    *(*ATTENTION, *SEQUENCES, *COMMUNICATION),
]
