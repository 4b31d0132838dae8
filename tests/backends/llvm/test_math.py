"""Mathematical functions stay within 2 units in the last place of float64's."""

import math

import numpy as np
import pytest
from scipy import special

from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm import math as maths
from kerasish.backends.llvm.library import has_llvm
from tests.backends.llvm.interpreter import evaluate


def softplus(x):
    return np.logaddexp(0, x)


FUNCTIONS = {
    "erf": (maths.erf, special.erf),
    "exp": (maths.exp, np.exp),
    "expm1": (maths.expm1, np.expm1),
    "log": (maths.log, np.log),
    "log1p": (maths.log1p, np.log1p),
    "sigmoid": (maths.sigmoid, special.expit),
    "softplus": (maths.softplus, softplus),
    "tanh": (maths.tanh, np.tanh),
}
PAIRS = {
    "logaddexp": (maths.logaddexp, np.logaddexp),
    "power": (maths.power, np.power),
}
INF, NAN, TINY = math.inf, math.nan, 1e-45
LEAST = 2.0**-126
EDGES = np.array(
    [0.0, -0.0, INF, -INF, NAN, TINY, -TINY, LEAST, -LEAST, LEAST - TINY, 1, -1]
    + [3.4028235e38, -3.4028235e38, 88.72, 88.73, -87.3, -87.4, -103.9, -104.1, 105]
    + [0.6, 0.93, -0.93, 4.0, 1e-5, -1e-5, 0.9999999, 1.0000001, -0.9999999, -2.0]
    + [16.6, 17.4, -16.6, -17.4, 20.0, -20.0, 0.70710677, 1.4142135, 2.0, 0.5, 10.0],
    np.float32,
)


# Made of two functions and a sum that may cancel.
LIMITS = {"logaddexp": 3}


def units(found, expected, scale=0.0):
    """Returns the largest distance in units in the last place; inf and nan must agree.

    Args:
        found: Results in float32.
        expected: Results in float64.
        scale: What results are at least taken to be when their unit is measured.
    """
    with np.errstate(over="ignore", under="ignore"):
        rounded = expected.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(rounded))
    limits = np.isinf(rounded) | np.isinf(found)
    # The largest number may be rounded to infinity or not.
    largest = np.nextafter(np.float32(INF), np.float32(0))
    near = np.where(limits, np.clip(found, -largest, largest), found)
    clipped = np.clip(rounded, -largest, largest)
    assert np.all((near == clipped)[limits])
    plain = ~limits & ~np.isnan(rounded)
    size = np.maximum(np.abs(clipped), np.float32(scale))[plain]
    half = np.spacing(np.maximum(size / 2, np.float32(LEAST)))
    unit = np.where(size < 2 * LEAST, np.float32(TINY), 2 * half)
    return np.max(np.abs(near[plain] - expected[plain]) / unit, initial=0.0)


def bound(name, given):
    """Returns the size of a result's terms, which may cancel."""
    if name != "logaddexp":
        return 0.0
    size = np.maximum(np.abs(given[0]), np.abs(given[1]))
    return np.where(np.isfinite(size), size, 0.0)


def numbers(seed=0, size=50_000):
    """Returns float32 of all sizes, many of them near 1."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2**32, size, dtype=np.uint32).view(np.float32)
    near = rng.normal(0, 3, size).astype(np.float32)
    wide = rng.uniform(-110, 100, size).astype(np.float32)
    small = (near * 2.0 ** rng.integers(-30, 0, size)).astype(np.float32)
    return np.concatenate([EDGES, bits, near, wide, small])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float32(name):
    function, reference = FUNCTIONS[name]
    x = numbers()
    with np.errstate(all="ignore"):
        expected = reference(x.astype(np.float64))
    assert units(evaluate(function, x), expected) <= 2


@pytest.mark.parametrize("name", PAIRS)
def test_float32_of_two(name):
    function, reference = PAIRS[name]
    x, y = numbers(1), numbers(2)
    with np.errstate(invalid="ignore"):
        x, y = np.concatenate([x, x]), np.concatenate([y, np.round(y / 4)])
    edges = np.meshgrid(EDGES, EDGES)
    x, y = (np.concatenate([a, b.ravel()]) for a, b in zip((x, y), edges, strict=True))
    with np.errstate(all="ignore"):
        expected = reference(x.astype(np.float64), y.astype(np.float64))
    found = evaluate(function, x, y)
    assert units(found, expected, bound(name, (x, y))) <= LIMITS.get(name, 2)


@pytest.mark.parametrize("name", [*FUNCTIONS, *PAIRS])
def test_float64(name):
    function, reference = {**FUNCTIONS, **PAIRS}[name]
    x = np.concatenate([EDGES, np.linspace(-30, 30, 1001)]).astype(np.float64)
    given = (x, x[::-1].copy()) if name in PAIRS else (x,)
    with np.errstate(all="ignore"):
        expected = reference(*given)
        found = evaluate(function, *given)
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-300)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", [*FUNCTIONS, *PAIRS])
def test_half_precision_is_rounded_once(name, dtype):
    function, reference = {**FUNCTIONS, **PAIRS}[name]
    kind = np.dtype(
        pytest.importorskip("ml_dtypes").bfloat16 if dtype[0] == "b" else dtype
    )
    with np.errstate(all="ignore"):
        x = numbers(3, 500).astype(kind).astype(np.float32)
        given = (x, x[::-1].copy()) if name in PAIRS else (x,)
        wide = reference(*(v.astype(np.float64) for v in given))
        expected = wide.astype(np.float32).astype(kind).astype(np.float32)
        found = evaluate(function, *given, dtype=dtype)
    # A float32 that is one unit off may be rounded to the other neighbour.
    far = ~((found == expected) | np.isnan(found) & np.isnan(expected))
    eps = 2.0**-7 if dtype == "bfloat16" else 2.0**-10
    np.testing.assert_allclose(found[far], expected[far], rtol=eps, atol=1e-7)
    assert np.mean(far) < 0.01


def test_signs_of_zero():
    x = np.array([0.0, -0.0], np.float32)
    for name in ("tanh", "erf", "expm1", "log1p"):
        found = evaluate(FUNCTIONS[name][0], x)
        assert np.signbit(found).tolist() == [False, True], name


@pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
@pytest.mark.parametrize("name", [*FUNCTIONS, *PAIRS])
def test_compiled_code_contracts_within_the_same_bounds(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path))
    _, reference = {**FUNCTIONS, **PAIRS}[name]
    given = [numbers(4), numbers(5)] if name in PAIRS else [numbers(4)]
    slot, count = Slot(given[0].shape, "float32"), len(given)
    places = tuple(range(count))
    chain = Chain((slot,) * (count + 1), places, (Call(name, places, count),), (count,))
    out = np.empty(slot.shape, np.float32)
    chains.compile_chain(chain).bind(given, [out])()
    with np.errstate(all="ignore"):
        expected = reference(*(x.astype(np.float64) for x in given))
    assert units(out, expected, bound(name, given)) <= LIMITS.get(name, 2)
