"""Random numbers are the same as NumPy's."""

import numpy as np
import pytest

from kerasish.backends import get_backend
from kerasish.backends.cupy_backend.randomness import BODY

KEY = np.array([7, 2**40 + 3], np.uint64)


@pytest.mark.parametrize("count", [1, 4, 7, 1000])
def test_bits(backend, count):
    made = backend.random_bits(backend.from_numpy(KEY), count)
    expected = np.random.Philox(key=KEY).random_raw(count)
    assert backend.to_numpy(made).tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_numbers(backend, dtype):
    key = backend.from_numpy(KEY)
    host = get_backend("numpy")
    for name in ("random_uniform", "random_normal"):
        made = backend.to_numpy(getattr(backend, name)(key, (3, 5), dtype))
        np.testing.assert_allclose(made, getattr(host, name)(KEY, (3, 5), dtype), 1e-6)


def test_the_kernel_on_paper():
    """Runs the kernel's text, which is Python's but for types and braces."""
    wide = 2**64 - 1
    text = BODY.replace("unsigned long long ", "").replace("ULL", "")
    loop = text[text.index("{") + 1 : text.rindex("}")]
    first, last = text[: text.index("for")], text[text.rindex("}") + 1 :]
    last = last.replace("word = ", "").replace(";", "").strip()
    for a, b, c in (("== 0 ?", 0, "c0"), ("== 1 ?", 1, "c1"), ("== 2 ?", 2, "c2")):
        last = last.replace(f"i % 4 {a} {c} :", f"{c} if i % 4 == {b} else")
    words = []
    for i in range(8):
        state = {"i": i, "key": KEY.tolist(), "__umul64hi": lambda a, b: (a * b) >> 64}
        exec(first.replace("/ 4", "// 4").replace(", ", ";"), state)
        for _ in range(10):
            for statement in loop.replace(", l1", "; l1").split(";"):
                exec(statement.strip(), state)
                state.update(
                    {
                        k: v & wide
                        for k, v in state.items()
                        if k[0] in "chkl" and k[1:].isdigit()
                    }
                )
        words.append(eval(last, state))
    assert words == np.random.Philox(key=KEY).random_raw(8).tolist()
