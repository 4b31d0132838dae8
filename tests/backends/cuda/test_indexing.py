"""Elements are gathered, added and moved as NumPy does."""

import numpy as np
import pytest

from kerasish.backends.cuda import modules
from kerasish.backends.cuda.indexing import INDEXING
from kerasish.backends.cuda.prelude import PRELUDE
from tests.backends.cuda import emulation, nvrtc

X = np.arange(2 * 5 * 12, dtype="float32").reshape(2, 5, 12)
ALONG = np.array([[4, 0, -1]] * 12, "int32").T[None].repeat(2, 0)


def added(updates, indices, size):
    out = np.zeros((size, *updates.shape[indices.ndim :]), updates.dtype)
    np.add.at(out, indices, updates)
    return out


# Name of a case: primitive, operands, static arguments, what is expected.
CASES = {
    "rows": ("_take", [X, np.array([4, 0, -1])], {"axis": 1}, X[:, [4, 0, -1]]),
    "a table of indices": (
        *("_take", [X[0], np.array([[1, 2], [3, 0]], "int32")]),
        *({"axis": 0}, X[0][[[1, 2], [3, 0]]]),
    ),
    "columns": ("_take", [X, np.array([11, 3])], {"axis": 2}, X[..., [11, 3]]),
    "halves": (
        *("_take", [X[0].astype("float16"), np.array([2, 2])]),
        *({"axis": 0}, X[0, [2, 2]].astype("float16")),
    ),
    "along": (
        *("_take_along", [X, ALONG], {"axis": 1}),
        np.take_along_axis(X, ALONG, 1),
    ),
    "added": (
        *("_scatter_add", [X[0], np.array([3, 1, 3, -4, 3])], {"axis": 0, "size": 4}),
        added(X[0], np.array([3, 1, 3, 0, 3]), 4),
    ),
    "added along an axis": (
        *("_scatter_add", [X, np.array([0, 0, 1, 2, 2])], {"axis": 1, "size": 3}),
        np.stack([added(x, np.array([0, 0, 1, 2, 2]), 3) for x in X]),
    ),
    "weighed": (
        *("_weigh", [X[0, :, 0].copy(), np.array([0, 0, 2, 2, 2])], {"size": 3}),
        added(X[0, :, 0], np.array([0, 0, 2, 2, 2]), 3),
    ),
    "an item": ("_get_item", [X], {"key": (1, slice(0, 4, 2))}, X[1, 0:4:2]),
    "an item from the end": ("_get_item", [X], {"key": (..., -1)}, X[..., -1]),
    "put": (
        *("_put_item", [X[1, :2]], {"key": (1, slice(2)), "shape": (2, 5, 12)}),
        np.concatenate([0 * X[:1], np.pad(X[1:, :2], ((0, 0), (0, 3), (0, 0)))]),
    ),
    "a part": ("_slice", [X], {"axis": 2, "start": 3, "stop": 7}, X[..., 3:7]),
    "padded": (
        *("pad_axis", [X], {"axis": 1, "before": 1, "after": 2}),
        np.pad(X, ((0, 0), (1, 2), (0, 0))),
    ),
    "joined": (
        *("_concatenate", [X, X[:, :2], X], {"axis": 1}),
        np.concatenate([X, X[:, :2], X], 1),
    ),
    "turned": ("_transpose", [X], {"axes": (2, 0, 1)}, X.transpose(2, 0, 1)),
    "the other way about": ("_flip", [X], {"axes": (0, 2)}, X[::-1, :, ::-1]),
    "of another shape": ("_reshape", [X], {"shape": (10, 12)}, X.reshape(10, 12)),
}


@pytest.fixture(scope="module")
def bound():
    with pytest.MonkeyPatch.context() as patch:
        emulation.install(patch)
        rows = {}
        for title, (name, given, static, expected) in CASES.items():
            out = emulation.empty(expected.shape, expected.dtype)
            arrays = [emulation.array(x) for x in given]
            rows[title] = INDEXING[name](*arrays, out, **static), out, expected
        yield rows


@emulation.needs_compiler
@pytest.mark.parametrize("title", CASES)
def test_results(bound, title):
    step, out, expected = bound[title]
    step()
    step()  # what is added starts from zeros each time
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_kernels_compile_for_a_gpu(bound, architecture):
    texts = [f.text for f in modules._known.values()]
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


@emulation.needs_compiler
def test_nothing_is_read_or_written_beyond_an_axis(emulated):
    x, wrong = emulation.array(X[0]), emulation.array([7, -9, 1, 5, 0])
    out, total = emulation.empty((5, 12), "f"), emulation.empty((2, 12), "f")
    take = INDEXING["_take"](x, wrong, out, axis=0)
    add = INDEXING["_scatter_add"](x, wrong, total, axis=0, size=2)
    take()
    add()
    assert (out[0] == 0).all() and (out[1] == 0).all()
    np.testing.assert_array_equal(out[2], X[0, 1])
    np.testing.assert_array_equal(total, X[0, [4, 2]])


def test_what_has_no_form(emulated):
    x, at = emulation.empty((5, 12), "float32"), emulation.empty((2,), "int32")
    half, wide = emulation.empty((2, 12), "float16"), emulation.empty((2, 12), "D")
    key = {"key": np.array([0, 1])}
    along = emulation.empty((2, 5), "int32")
    assert INDEXING["_take"](x, at, half, axis=0) is None
    assert INDEXING["_take_along"](x, along, x, axis=0) is None
    along = emulation.empty((2, 12), "int32")
    assert INDEXING["_take_along"](x, along, half, axis=0) is None
    assert INDEXING["_scatter_add"](half, at, half, axis=0, size=2) is None
    assert INDEXING["_scatter_add"](wide, at, wide, axis=0, size=2) is None
    assert INDEXING["_get_item"](x, x[:2], **key) is None
    assert INDEXING["_put_item"](x, x, shape=(5, 12), **key) is None
    assert INDEXING["_reshape"](x, x.T, shape=(12, 5)) is None
