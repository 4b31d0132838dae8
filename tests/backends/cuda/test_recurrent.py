"""Whole sequences by cuDNN agree with the base's kernels, forward and back."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cuda import choosing, cudnn_rnn
from kerasish.backends.cuda.recurrent import RECURRENT, recurrent_space
from tests.backends.cuda import emulation
from tests.backends.cuda.fake_cudnn_rnn import Calls

pytestmark = emulation.needs_compiler
# Kind, batch, time, features, units.
SIZES = {
    "lstm": ("lstm", 3, 4, 5, 6),
    "gru": ("gru", 3, 4, 5, 6),
    "lstm of one unit": ("lstm", 2, 3, 4, 1),
    "gru of one unit": ("gru", 2, 3, 4, 1),
    "lstm of one step": ("lstm", 4, 1, 3, 7),
    "gru of one step": ("gru", 4, 1, 3, 7),
    "lstm of one": ("lstm", 1, 1, 1, 1),
    "gru of one": ("gru", 1, 1, 1, 1),
}
NEAR = {"float32": 1e-5, "float16": 2e-2, "bfloat16": 1e-1}


def operands(kind, batch, time, features, units, dtype="float32"):
    """Returns operands and gradients of the results."""
    rng = np.random.default_rng(units)
    width = (4 if kind == "lstm" else 3) * units
    states = [(batch, units)] * (2 if kind == "lstm" else 1)
    bias = (width,) if kind == "lstm" else (2, width)
    shapes = [(batch, time, features), (features, width), (units, width), bias]
    made = [*shapes, *states, (batch, time, units), *states]
    kind = get_backend("numpy").dtype(dtype)
    # Of matrices such that sums over their rows are near 1, and gradients stay small.
    scales = [shape[0] ** -0.5 if len(shape) == 2 else 0.5 for shape in made]
    pairs = zip(scales, made, strict=True)
    arrays = [rng.normal(0.0, scale, shape).astype(kind) for scale, shape in pairs]
    return arrays[: 4 + len(states)], arrays[4 + len(states) :]


def reference(kind, given, slopes):
    """Returns results and gradients of the base's kernels in float64."""
    base = get_backend("numpy")
    given, slopes = ([x.astype("float64") for x in row] for row in (given, slopes))
    made = base.recurrent(kind, 0, *given)
    return made[:-1], base.recurrent_vjp(kind, 0, *given, *made, *slopes)


def check(sizes, dtype, array, empty, host, run=lambda step: step()):
    """Compares a case, on a device, with the base's kernels."""
    kind, batch, time, features, units = sizes
    given, slopes = operands(*sizes, dtype)
    expected, expected_grads = reference(kind, given, slopes)
    space = recurrent_space(kind, (batch, time, features), units, dtype)
    how = {"kind": kind, "space": space}
    placed, g = [array(x) for x in given], [array(x) for x in slopes]
    made = [empty(x.shape, given[0].dtype) for x in expected]
    kept = empty((space,), "uint8")
    grads = [empty(x.shape, given[0].dtype) for x in expected_grads]
    run(RECURRENT["_whole_sequence"](*placed, *made, kept, **how))
    back = RECURRENT["_whole_sequence_back"](*placed, *made, kept, *g, *grads, **how)
    for _ in range(2):  # what is kept lasts
        run(back)
        pairs = zip([*made, *grads], [*expected, *expected_grads], strict=True)
        for found, value in pairs:
            found = host(found).astype("float64")
            limit = NEAR[dtype] * max(1.0, abs(value).max())
            np.testing.assert_allclose(found, value, rtol=0, atol=limit)


@pytest.fixture
def calls(monkeypatch):
    emulation.install(monkeypatch)
    made = Calls()
    held = cudnn_rnn.Library(made)
    monkeypatch.setattr(cudnn_rnn, "library", lambda: held)
    monkeypatch.setattr(choosing, "fastest", lambda key, ways: 0)
    return made


HALVES = [(n, d) for n in ("lstm", "gru") for d in ("float16", "bfloat16")]


@pytest.mark.parametrize(("name", "dtype"), [*((n, "float32") for n in SIZES), *HALVES])
def test_results(calls, name, dtype):
    check(SIZES[name], dtype, emulation.array, emulation.empty, np.asarray)


def test_arrays_that_lie_otherwise_are_copied(calls):
    given, _ = operands(*SIZES["gru"])
    expected = get_backend("numpy").recurrent("gru", 0, *given)
    space = recurrent_space("gru", (3, 4, 5), 6, "float32")
    x, *rest = [emulation.array(x) for x in given]
    turned = emulation.array(x.swapaxes(0, 1).copy()).swapaxes(0, 1)
    wide = emulation.empty((3, 4, 8), "float32")
    form = RECURRENT["_whole_sequence"]
    form(turned, *rest, wide[..., 1:7], None, None, kind="gru", space=space)()
    np.testing.assert_allclose(wide[..., 1:7], expected[0], rtol=1e-5, atol=1e-6)


def test_no_form_for_what_the_library_has_not_been_asked(calls):
    given, _ = operands(*SIZES["gru"])
    x = [emulation.array(x) for x in given]
    form = RECURRENT["_whole_sequence"]
    assert form(*x, None, x[4], None, kind="gru", space=0) is None
    wide = [a.astype("float64") for a in x]
    assert form(*wide, None, wide[4], None, kind="gru", space=8) is None
    assert recurrent_space("gru", (3, 4, 5), 6, "float64") is None
