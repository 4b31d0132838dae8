"""Runs of machine code in one call compute what their steps compute one by one."""

import numpy as np
import pytest

from kerasish.backends import current
from kerasish.backends.llvm import calls
from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm.calls import Calls, Share, in_one_call
from kerasish.backends.llvm.chain import compile_chain, has_llvm
from kerasish.backends.onednn import loading
from tests.backends.llvm.chain_builder import ChainBuilder

needs_llvm = pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
needs_both = pytest.mark.skipif(
    not has_llvm() or loading.library() is None, reason="needs llvmlite and oneDNN"
)
X = np.linspace(-1, 1, 12).astype("f").reshape(3, 4)


def element(name, x, out):
    b = ChainBuilder()
    return compile_chain(b.chain(b.call(name, b.input(*x.shape)))).bind([x], [out])


@needs_llvm
def test_runs_are_one_step_each():
    a, b, c = (np.empty_like(X) for _ in range(3))
    steps = [element("square", X, a), element("negative", a, b)]
    steps += [lambda: None, element("square", b, c)]
    made = in_one_call(steps, chains._address)
    assert [type(step).__name__ for step in made] == ["_Run", "function", "_Step"]
    assert made[0].is_native
    for step in made:
        step()
    np.testing.assert_allclose(c, X**4, 1e-6)


@needs_both
def test_products_are_called_between():
    w, a, b = np.eye(4, dtype="f") * 2, np.empty_like(X), np.empty_like(X)
    steps = [element("square", X, a), current().lower("matmul", {}, [a, w], [b])]
    steps.append(element("negative", b, a))
    (run,) = in_one_call(steps, chains._address)
    run()
    np.testing.assert_allclose(a, -2 * X**2, 1e-6)


@needs_both
def test_a_failure_of_the_library_is_told():
    a = np.empty((3, 3), "f")
    step = current().lower("matmul", {}, [X, X.T], [a])
    (run,) = in_one_call([step, step], chains._address)
    run._code.held[0].words[1] = 0  # no primitive
    with pytest.raises(loading.Refused, match="dnnl_primitive_execute"):
        run()


def test_tables_hold_functions_and_arguments():
    words = np.array([7, 8], np.int64)
    code = Calls(lambda source: 1, 2)
    table = code.table([Share(5, words, None), Share(6, words, None)])
    at = words.ctypes.data
    assert table.tolist() == [2, 5, at, 6, at]
    code.check()


def test_sources_are_functions():
    for source in (calls.RUN, calls.EXECUTE):
        assert "define void @kernel(ptr %data)" in source
    if has_llvm():
        assert all(chains._address(s) for s in (calls.RUN, calls.EXECUTE))
