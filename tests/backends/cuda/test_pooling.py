"""Pooling agrees with the base's kernels, with NaN and infinities too."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cuda import modules
from kerasish.backends.cuda.pooling import POOLING
from kerasish.backends.cuda.prelude import PRELUDE
from tests.backends.cuda import emulation, nvrtc

CASES = {
    "windows apart": ((2, 6, 4, 8), ((2, 2), (2, 2), ((0, 0), (0, 0)))),
    "windows over each other": ((2, 5, 7, 3), ((3, 2), (2, 1), ((1, 1), (0, 1)))),
    "windows with gaps": ((1, 7, 8, 2), ((2, 2), (3, 4), ((0, 0), (0, 0)))),
    "along one axis": ((2, 9, 4), ((3,), (2,), ((1, 1),))),
    "along three axes": ((2, 4, 5, 4, 2), ((2, 2, 2), (2, 2, 1), ((0, 0),) * 3)),
}
DTYPES = ["float32", "float64", "int32"]


def images(shape, dtype):
    rng = np.random.default_rng(sum(shape))
    x = rng.integers(-9, 9, size=shape).astype(dtype)
    if np.dtype(dtype).kind == "f":
        x += rng.normal(size=shape)
        x.flat[[3, 11]] = np.nan, -np.inf
    return x


def tasks():
    """Yields what is computed, as (name, form's arrays and arguments, expected)."""
    base = get_backend("numpy")
    for name, (shape, how) in CASES.items():
        window, strides, padding = how
        named = {"window": window, "strides": strides, "padding": padding}
        for dtype in DTYPES:
            x = images(shape, dtype)
            y, places = base.max_pool(x, *how)
            yield f"{name}, largest", "_max_pool", [x], named, [y, places]
            if dtype == "int32":
                continue
            yield f"{name}, no places", "_max_pool", [x], named, [y, None]
            g = np.random.default_rng(1).normal(size=y.shape).astype(dtype)
            back, sized = base.from_places(g, places, shape, *how), {"shape": shape}
            yield name, "_from_places", [g, places], {**sized, **named}, [back]
            at = base.at_places(x, places, *how)
            yield name, "_at_places", [x, places], named, [at]
            mean = base.average_pool(x, *how)
            yield name, "_average_pool", [x], named, [mean]
            shared = base.average_pool_gradient(g, shape, *how)
            yield name, "_average_pool_back", [g], {**sized, **named}, [shared]


@pytest.fixture(scope="module")
def bound():
    """All tasks bound; the first that runs compiles them together."""
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        emulation.install(patch)
        rows = []
        for title, name, given, static, expected in tasks():
            outputs = [
                None if e is None else emulation.empty(e.shape, e.dtype)
                for e in expected
            ]
            arrays = [*(emulation.array(x) for x in given), *outputs]
            rows.append((title, POOLING[name](*arrays, **static), outputs, expected))
        yield rows


@emulation.needs_compiler
def test_results(bound):
    for title, step, outputs, expected in bound:
        step()
        for found, wanted in zip(outputs, expected, strict=True):
            if wanted is not None:
                np.testing.assert_allclose(
                    found, wanted, rtol=1e-5, atol=1e-5, err_msg=title
                )


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_kernels_compile_for_a_gpu(bound, architecture):
    texts = [f.text for f in modules._known.values()]
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


@emulation.needs_compiler
def test_half_precision_is_summed_in_float32(emulated):
    x = emulation.array(np.full((1, 64, 64, 8), 0.1), "float16")
    out = emulation.empty((1, 1, 1, 8), "float16")
    how = {"window": (64, 64), "strides": (64, 64), "padding": ((0, 0), (0, 0))}
    POOLING["_average_pool"](x, out, **how)()
    assert out.ravel().tolist() == [x.ravel()[0].item()] * 8


@emulation.needs_compiler
def test_results_that_lie_otherwise(emulated):
    x = emulation.array(images((1, 2, 4, 4), "float32")).transpose(0, 2, 3, 1)
    how = {"window": (2, 2), "strides": (2, 2), "padding": ((0, 0), (0, 0))}
    y = emulation.empty((1, 2, 2, 2), "float32").transpose(0, 2, 3, 1)
    places = emulation.empty((1, 2, 2, 2), "uint8").transpose(0, 2, 3, 1)
    POOLING["_max_pool"](x, y, places, **how)()
    expected, at = get_backend("numpy").max_pool(np.asarray(x), *how.values())
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(places, at)


def test_what_has_no_form(emulated):
    x = emulation.empty((1, 4, 4, 2), "bool")
    wide = emulation.empty((1, 4, 4, 2), "float32")
    how = {"window": (1, 1), "strides": (1, 1), "padding": ((0, 0), (0, 0))}
    sized = {"shape": x.shape, **how}
    assert POOLING["_max_pool"](x, x, None, **how) is None
    assert POOLING["_average_pool"](x, wide, **how) is None
    assert POOLING["_average_pool_back"](x, wide, **sized) is None
    assert POOLING["_from_places"](x, x, wide, **sized) is None
    assert POOLING["_at_places"](x, x, wide, **how) is None
