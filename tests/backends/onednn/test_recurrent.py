"""oneDNN's recurrent layers are the loops of the operations, and so their gradients."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import GradientTape
from kerasish.backends.onednn import library, loading
from kerasish.backends.onednn.recurrent import (
    bind_recurrent,
    bind_recurrent_gradient,
    workspace_bytes,
)
from kerasish.backends.onednn.recurrent_arrays import KINDS, Arrays

needs_library = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")

# Batch, time, features, units: one row, one step, one of each, no multiples of vectors.
SIZES = [
    (4, 5, 8, 16),
    (1, 6, 8, 16),
    (4, 1, 8, 16),
    (1, 1, 3, 5),
    (3, 7, 1, 1),
    (33, 9, 14, 32),
    (2, 3, 17, 19),
]


def drawn(kind, sizes, bias=True, states=True):
    """Returns arrays of a layer, and memory for its outputs."""
    rng = np.random.default_rng(sizes)

    def numbers(*shape):
        return (0.5 * rng.normal(size=shape)).astype("float32")

    batch, time, features, units = sizes
    _, parts, count = KINDS[kind]
    rows = (2, parts * units) if kind == "gru_reset_after" else (parts * units,)
    return Arrays(
        x=numbers(batch, time, features),
        kernel=numbers(features, parts * units),
        recurrent=numbers(units, parts * units),
        bias=numbers(*rows) if bias else None,
        first=[numbers(batch, units) for _ in range(count)] if states else [],
        y=np.full((batch, time, units), np.nan, "float32"),
        last=[np.full((batch, units), np.nan, "float32") for _ in range(count)],
    )


def room(kind, arrays):
    """Returns a workspace."""
    sizes = (*arrays.x.shape, len(arrays.recurrent))
    return np.empty(workspace_bytes(kind, *sizes), "uint8")


def loop(kind, arrays, g=None, g_last=()):
    """Returns outputs and last states of the operation's loop, and its gradients."""
    x, w, u, b, first, *_ = arrays
    given = [None if a is None else ops.convert_to_tensor(a, "float64")
             for a in (x, w, u, b, *first)]  # fmt: skip
    with GradientTape() as tape:
        for tensor in given:
            if tensor is not None:
                tape.watch(tensor)
        x, w, u, b, *first = given
        if kind == "lstm":
            y, *last = ops.lstm(x, *(first or (None, None)), w, u, b)
        else:
            after = kind == "gru_reset_after"
            y, *last = ops.gru(x, *(first or (None,)), w, u, b, reset_after=after)
        loss = 0.0 if g is None else ops.sum(y * g)
        for state, factor in zip(last, g_last, strict=False):
            loss = loss + ops.sum(state * factor)
    results = [np.asarray(v) for v in (y, *last)]
    if g is None and not g_last:
        return results, None
    return results, tape.gradient(loss, [v for v in given if v is not None])


def agree(found, expected):
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        b = np.asarray(b)
        np.testing.assert_allclose(a, b, 1e-4, 1e-5 * max(np.abs(b).max(), 1))


def empty(arrays):
    """Returns memory for the gradients, filled with what must not be read."""
    made = [None if a is None else np.full_like(a, np.nan) for a in arrays[:4]]
    return made, [np.full_like(a, np.nan) for a in arrays.first]


@needs_library
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("whole", [True, False])
def test_outputs_and_gradients_are_those_of_the_loop(kind, sizes, whole):
    arrays = drawn(kind, sizes, bias=whole, states=whole)
    workspace = room(kind, arrays)
    forward = bind_recurrent(kind, arrays, workspace)
    rng = np.random.default_rng(1)
    g = rng.normal(size=arrays.y.shape).astype("float32")
    g_last = [rng.normal(size=s.shape).astype("float32") for s in arrays.last]
    made, first = empty(arrays)
    gradients = Arrays(*made, first, g, g_last)
    back = bind_recurrent_gradient(kind, arrays, gradients, workspace)
    for _ in range(2):
        results, wanted = loop(kind, arrays, g, g_last)
        for step in (*forward, *back):
            step()
        agree([arrays.y, *arrays.last], results)
        agree([a for a in (*made, *first) if a is not None], wanted)
        arrays.x[...] *= 0.5
        arrays.kernel[...] += 0.1


@needs_library
@pytest.mark.parametrize("kind", KINDS)
def test_only_last_states_may_have_gradients(kind):
    arrays = drawn(kind, (3, 4, 5, 6))
    workspace = room(kind, arrays)
    g_last = [np.ones_like(s) for s in arrays.last]
    made, first = empty(arrays)
    gradients = Arrays(*made, first, None, g_last)
    steps = bind_recurrent(kind, arrays, workspace)
    steps += bind_recurrent_gradient(kind, arrays, gradients, workspace)
    for step in steps:
        step()
    results, wanted = loop(kind, arrays, None, g_last)
    agree([arrays.y, *arrays.last], results)
    agree([*made, *first], wanted)


@needs_library
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_wanted_need_not_be_there(kind):
    arrays = drawn(kind, (3, 4, 5, 6))
    workspace = room(kind, arrays)
    g = np.ones_like(arrays.y)
    kernel = np.full_like(arrays.kernel, np.nan)
    gradients = Arrays(None, kernel, None, None, [], g, [])
    alone = drawn(kind, (3, 4, 5, 6))._replace(last=[])
    steps = bind_recurrent(kind, arrays, workspace)
    steps += bind_recurrent_gradient(kind, arrays, gradients, workspace)
    for step in (*steps, *bind_recurrent(kind, alone)):
        step()
    results, wanted = loop(kind, arrays, g)
    agree([kernel, alone.y], [wanted[1], results[0]])


@needs_library
@pytest.mark.parametrize("kind", KINDS)
def test_without_a_way_back_no_workspace_is_needed(kind):
    arrays = drawn(kind, (3, 4, 5, 6))
    for step in bind_recurrent(kind, arrays):
        step()
    agree([arrays.y, *arrays.last], loop(kind, arrays)[0])


@needs_library
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["x", "kernel", "recurrent", "bias", "first"])
def test_nan_stays_nan(kind, where):
    arrays = drawn(kind, (2, 3, 4, 8))
    field = getattr(arrays, where)
    (field[0] if where == "first" else field)[...] = np.nan
    for step in bind_recurrent(kind, arrays):
        step()
    assert np.isnan(arrays.y).all()


@needs_library
@pytest.mark.parametrize("kind", KINDS)
def test_large_numbers_saturate_the_gates(kind):
    arrays = drawn(kind, (2, 3, 4, 8))
    arrays.x[...] = np.where(arrays.x > 0, 1e30, -1e30)
    for step in bind_recurrent(kind, arrays):
        step()
    agree([arrays.y, *arrays.last], loop(kind, arrays)[0])


@needs_library
def test_other_dtypes_missing_states_and_small_workspaces_are_refused():
    arrays = drawn("lstm", (2, 3, 4, 8))
    assert bind_recurrent("lstm", arrays, np.empty(8, "uint8")) is None
    wide = arrays._replace(x=arrays.x.astype("float64"))
    assert bind_recurrent("lstm", wide) is None
    assert workspace_bytes("lstm", 0, 3, 4, 8) is None
    turned = arrays._replace(kernel=arrays.kernel.T.copy().T)
    workspace = room("lstm", arrays)
    assert bind_recurrent("lstm", turned, workspace) is None
    assert bind_recurrent_gradient("lstm", arrays, arrays, workspace[:8]) is None
    assert bind_recurrent_gradient("lstm", arrays, turned, workspace) is None
    for lost in ({"y": None}, {"last": []}, {"last": [None, None]}):
        left = arrays._replace(**lost)
        assert bind_recurrent_gradient("lstm", left, arrays, workspace) is None


def test_without_the_library_all_is_refused(monkeypatch):
    arrays = drawn("gru", (2, 3, 4, 8))
    monkeypatch.setattr(loading, "library", lambda: None)
    assert bind_recurrent("gru", arrays) is None
    assert workspace_bytes("gru", 2, 3, 4, 8) is None
