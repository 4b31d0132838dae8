"""Steps run in turn; operands are made fit in memory that stays."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering.steps import (
    as_dtype,
    as_rows,
    copying,
    in_turn,
    through,
)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_steps_run_in_turn(count):
    done = []
    in_turn(*(lambda i=i: done.append(i) for i in range(count)))()
    assert done == list(range(count))


def test_one_step_stays_itself():
    def step():
        pass

    assert in_turn(step) is step


def test_copies_cast():
    to, source = np.zeros(2, "int32"), np.array([1.7, -1.7])
    copying(to, source)()
    assert to.tolist() == [1, -1]


def test_arrays_that_fit_stay():
    steps, x = [], np.ones((2, 3), "float32")
    assert as_dtype(x, np.float32, steps) is x
    assert as_rows(x, steps) is x
    assert steps == []


def test_arrays_that_do_not_fit_are_copied_each_time():
    steps, x = [], np.arange(6.0).reshape(2, 3)
    narrow, rows = as_dtype(x, np.float32, steps), as_rows(x.T, steps)
    assert len(steps) == 2
    for _ in range(2):
        x += 1
        in_turn(*steps)()
        assert narrow.dtype == np.float32
        assert rows.flags.c_contiguous
        np.testing.assert_array_equal(narrow, x)
        np.testing.assert_array_equal(rows, x.T)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_goes_through_another_dtype(dtype):
    kind = pytest.importorskip("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype
    seen = []

    def form(x, n, out, times):
        seen.extend(a.dtype.name for a in (x, n, out))
        return lambda: np.multiply(x, times * n, out)

    x, n, out = np.ones(3, kind), np.ones(3, "int32"), np.zeros(3, kind)
    through(form, "float32", [x, n], out, {"times": 3})()
    assert seen == ["float32", "int32", "float32"]
    assert out.astype("float32").tolist() == [3, 3, 3]
    assert through(lambda x, out: None, "float32", [x], out, {}) is None


def test_a_wide_result_is_written_at_once():
    x, out = np.ones(3, "float16"), np.zeros(3, "float32")
    through(lambda x, out: copying(out, x), "float32", [x], out, {})()
    assert out.tolist() == [1, 1, 1]
