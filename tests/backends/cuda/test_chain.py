"""Chains as kernels compute what NumPy does, in place too, on an emulated device."""

import numpy as np
import pytest

from kerasish.backends.cuda import chain as chains
from kerasish.backends.cuda import modules
from kerasish.backends.cuda.chain import compile_chain, lower_chain, supports
from kerasish.backends.cuda.elements import ELEMENTS
from kerasish.backends.cuda.prelude import PRELUDE
from kerasish.core.errors import BackendError
from tests.backends.cuda import emulation, nvrtc
from tests.backends.cuda.chain_cases import CASES
from tests.backends.llvm import random_chains
from tests.backends.llvm.chain_builder import ChainBuilder
from tests.backends.llvm.random_chains import Maker


@pytest.fixture(scope="module")
def bound():
    """All cases bound to memory; the first that runs compiles them together."""
    with pytest.MonkeyPatch.context() as patch:
        emulation.install(patch)
        yield {
            name: (case(), case().bound(lower_chain)) for name, case in CASES.items()
        }


@pytest.fixture
def emulated(monkeypatch):
    return emulation.install(monkeypatch)


@emulation.needs_compiler
@pytest.mark.parametrize("name", CASES)
def test_results(bound, name):
    case, (step, outputs) = bound[name]
    step()
    case.check(outputs)


@emulation.needs_compiler
@pytest.mark.parametrize("moves", [False, True], ids=["aligned", "moved"])
def test_random_chains(emulated, monkeypatch, moves):
    # Half precision is not rounded between calls, so not to the last bit.
    monkeypatch.setattr(random_chains, "FLOATS", ("float32", "float64"))
    rows = []
    for seed in range(30):
        made = Maker(seed, moves)
        given = [emulation.array(x) for x in made.given()]
        kernel = compile_chain(made.chain)
        if kernel is None:  # axes that cross, or a reshape that no loop follows
            assert moves
            continue
        slots = [made.chain.slots[o] for o in made.chain.outputs]
        free, outputs = list(given), []
        for slot in slots:
            fitting = [x for x in free if (x.shape, x.dtype.name) == slot[:2]]
            fitting = fitting[: made.rng.integers(2)]
            free = [x for x in free if not any(x is y for y in fitting)]
            outputs += fitting or [emulation.empty(slot.shape, slot.dtype)]
        rows.append((seed, made, kernel.bind(given, outputs), outputs))
    assert len(rows) >= 25
    for seed, made, step, outputs in rows:
        step()
        for o, found in zip(made.chain.outputs, outputs, strict=True):
            np.testing.assert_allclose(
                found.astype(np.float64),
                made.values[o].astype(np.float64),
                rtol=0,
                atol=made.tolerance(o),
                err_msg=f"{seed=} {moves=} slot {o}",
            )


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_kernels_compile_for_a_gpu(bound, architecture):
    texts = [f.text for f in modules._known.values()]
    assert len(texts) > len(CASES)
    nvrtc.check("\n".join([PRELUDE, *texts]), architecture)


@emulation.needs_compiler
def test_a_step_runs_again_on_what_its_arrays_hold_then(bound):
    case, (step, outputs) = bound["scalars"]
    step()
    before = outputs[0].item()
    step()
    assert outputs[0].item() == before + 1


@emulation.needs_compiler
def test_counters_are_zero_again_after_each_launch(bound):
    case, (step, outputs) = bound["tall columns"]
    step()
    step()
    np.testing.assert_allclose(outputs[1], case.expected[1], rtol=1e-5)


@emulation.needs_compiler
def test_rows_that_lie_apart(emulated):
    b = ChainBuilder()
    x = b.input(4, 6)
    b.slots[x] = b.slots[x]._replace(pitched=True)
    chain = b.chain(b.call("negative", x))
    held, out = emulation.array(np.arange(40.0, dtype="f").reshape(4, 10)), None
    out = emulation.empty((4, 6), "float32")
    lower_chain(chain, [held[:, 2:8]], [out])()
    np.testing.assert_array_equal(out, -held[:, 2:8])
    assert lower_chain(chain, [held.T[2:8].T[:, ::-1]], [out]) is None


def test_no_kernel_for_arrays_that_lie_otherwise(emulated):
    b = ChainBuilder()
    x = b.input(4, 6)
    chain = b.chain(b.call("negative", x))
    held, out = emulation.empty((6, 4), "float32"), emulation.empty((4, 6), "float32")
    assert lower_chain(chain, [held.T], [out]) is None
    with pytest.raises(BackendError, match=r"inputs \(4, 6\) with strides \(4, 16\)"):
        compile_chain(chain).bind([held.T], [out])


def test_no_kernel_for_axes_that_cross(emulated):
    b = ChainBuilder()
    x = b.input(4, 4)
    turned = b.call("_transpose", x, shape=(4, 4), axes=(1, 0))
    chain = b.chain(b.call("add", x, turned))
    given = [emulation.empty((4, 4), "float32")]
    assert compile_chain(chain) is None
    assert lower_chain(chain, given, given) is None


def test_no_kernel_for_what_it_has_no_form_of(emulated):
    b = ChainBuilder()
    x = b.input(4)
    chain = b.chain(b.call("sort", x))
    given = [emulation.empty((4,), "float32")]
    assert lower_chain(chain, given, given) is None


@pytest.mark.parametrize(
    ("name", "static", "dtypes", "expected"),
    [
        ("add", {}, ["bfloat16"] * 3, True),
        ("add", {}, ["complex64"] * 3, False),
        ("sort", {}, ["float32"] * 2, False),
        ("exp", {}, ["int32"] * 2, False),
        ("mean", {}, ["int32"] * 2, False),
        ("sum", {}, ["int32"] * 2, True),
        ("sum", {}, ["bool", "int32"], False),
        ("floor", {}, ["int32"] * 2, True),
        ("_keep", {}, ["float32"] * 2, False),
        ("_dropout", {}, ["float16", "uint32", "float16"], True),
        ("_uniform", {"dtype": "float32"}, ["uint32", "float32"], True),
        ("_uniform", (("dtype", "float64"),), ["uint32", "float64"], False),
    ],
)
def test_what_a_chain_may_hold(name, static, dtypes, expected):
    assert supports(name, static, dtypes, [(3,)] * len(dtypes)) is expected


def test_nothing_of_no_elements():
    assert not supports("add", {}, ["float32"] * 3, [(0, 3)] * 3)


def test_every_element_may_be_in_a_chain():
    assert {*ELEMENTS} - {"_keep"} <= chains.PRIMITIVES
