"""Bound draws are those of the kernels, for each key, bit by bit."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import drawing, lower
from kerasish.backends.numpy_lowering.drawing import DRAWING, Words
from tests.backends.numpy_lowering.lowered import agree, check_in_place, kernel, numbers

KEYS = [(0, 0), (3, 4), (2**32 - 1, 2**31)]


def drawn(name, dtype, shape, **static):
    """Compares what several keys draw, one after the other from one memory."""
    key = np.zeros(2, "uint32")
    static |= {"shape": shape, "dtype": dtype}
    expected = kernel(name, key, **static)
    out = np.empty_like(expected)
    step = lower(name, static, [key], [out])
    for words in KEYS:
        key[:] = words
        with np.errstate(all="ignore"):
            step()
        rtol = 0 if name == "_uniform" else 1e-6
        agree(out, kernel(name, key, **static), rtol, rtol)


@pytest.mark.parametrize("shape", [(7,), (3, 4), (), (0, 2), (5, 1001)], ids=str)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["_uniform", "_normal"])
def test_numbers(name, dtype, shape):
    drawn(name, dtype, shape)


@pytest.mark.parametrize("name", ["_uniform", "_normal"])
def test_numbers_in_bfloat16(name):
    pytest.importorskip("ml_dtypes")
    drawn(name, "bfloat16", (5, 3))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "bfloat16"])
@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.99999999999])
@pytest.mark.parametrize(
    ("shape", "noise"),
    [((6, 4), (6, 4)), ((40, 50), (40, 50)), ((40, 50), (40, 1)), ((0, 4), (0, 4)),
     ((2, 30, 40), (2, 1, 40))],
    ids=str,
)  # fmt: skip
def test_dropout(shape, noise, rate, dtype):
    kind = pytest.importorskip("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype
    x, key = numbers("x", *shape).astype(kind), np.zeros(2, "uint32")
    x[:1] = np.nan
    out, static = np.empty_like(x), {"rate": rate, "noise_shape": noise}
    with np.errstate(all="ignore"):  # the scale may be infinite
        step = lower("_dropout", static, [x, key], [out])
    for words in KEYS:
        key[:] = words
        with np.errstate(all="ignore"):
            step()
        agree(out, kernel("_dropout", x, key, **static), 0, 0)


@pytest.mark.parametrize("shape", [(6, 4), (40, 50)])
def test_dropout_may_be_written_over_its_operand(shape):
    arrays = [numbers("x", *shape), np.array([3, 4], "uint32")]
    check_in_place("_dropout", arrays, 0, rate=0.3, noise_shape=shape)


def test_ties_are_decided_by_all_bits():
    """The rate lies between two words that are the same number in float32."""
    key, x = np.array([3, 4], "uint32"), np.ones(64, "float32")
    halves = Words(key).halves(64)
    seen = set()
    for move in (-1, 0, 1):
        rate = (int(halves[10]) + move) / 2**32
        static = {"rate": rate, "noise_shape": (64,)}
        out = np.empty_like(x)
        lower("_dropout", static, [x, key], [out])()
        agree(out, kernel("_dropout", x, key, **static), 0, 0)
        seen.add(bool(out[10]))
    assert seen == {True, False}
    assert drawing.FEW > 64


def test_words_are_those_of_the_generator():
    key = np.array([7, 8], "uint32")
    words = np.random.Philox(key=key.astype("uint64")).random_raw(4)
    wide = np.empty(4)
    for _ in range(2):
        Words(key).fill(wide)
        np.testing.assert_array_equal(wide, (words >> np.uint64(11)) * 2.0**-53)
    np.testing.assert_array_equal(Words(key).halves(7), words.view("<u4")[:7])


def test_every_form_is_tested():
    assert set(DRAWING) == {"_bits", "_uniform", "_normal", "_dropout"}


def test_bits_are_drawn_by_machine_code_or_by_the_kernel(monkeypatch):
    key, out = np.array([3, 4], "uint32"), np.zeros((2, 8), "uint32")
    monkeypatch.setattr(drawing, "has_llvm", lambda: False)
    assert lower("_bits", {"shape": (2, 8)}, [key], [out]) is None
    monkeypatch.undo()
    step = lower("_bits", {"shape": (2, 8)}, [key], [out])
    if step is None:
        pytest.skip("needs llvmlite")
    step()
    words = np.random.Philox(key=key.astype("uint64")).random_raw(8)
    assert out.reshape(-1).tolist() == words.astype("<u8").view("<u4").tolist()
