"""Chains as machine code compute what NumPy does, also in place and in parallel.

Every chain is interpreted, which needs no compiler, and compiled where there is one.
"""

import gc
import subprocess
import sys
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm import library
from kerasish.backends.llvm.chain import compile_chain, has_llvm, supports
from kerasish.backends.llvm.elements import ELEMENTS
from kerasish.core.errors import BackendError
from tests.backends.llvm import interpreter
from tests.backends.llvm.chain_builder import ChainBuilder
from tests.backends.llvm.random_chains import SIZES, Maker

needs_llvm = pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
MACHINES = ["interpreted", pytest.param("compiled", marks=needs_llvm)]


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path))
    monkeypatch.setattr(chains, "_addresses", {})
    monkeypatch.setattr(chains, "_kernels", {})
    return tmp_path / "kernels"


@pytest.fixture(params=MACHINES)
def machine(request, monkeypatch):
    if request.param == "interpreted":
        interpreter.install(monkeypatch)
    return request.param


@pytest.fixture
def interpreted(monkeypatch):
    interpreter.install(monkeypatch)


def run(chain, *given, outputs=None):
    outputs = outputs or [
        np.empty(chain.slots[o].shape, chain.slots[o].dtype) for o in chain.outputs
    ]
    compile_chain(chain).bind(list(given), outputs)()
    return outputs


def shared(chain, given, rng):
    """Returns outputs, some of them the memory of inputs."""
    free = list(given)
    outputs = []
    for o in chain.outputs:
        slot = chain.slots[o]
        fitting = [x for x in free if (x.shape, x.dtype.name) == slot[:2]]
        if fitting and rng.integers(2):
            outputs.append(fitting[0])
            free = [x for x in free if x is not fitting[0]]
        else:
            outputs.append(np.empty(slot.shape, slot.dtype))
    return outputs


@pytest.mark.parametrize("moves", [False, True], ids=["aligned", "moved"])
@pytest.mark.parametrize("part", range(4))
def test_random_chains(machine, part, moves):
    sizes = (1, 1, 2, 3, 4) if machine == "interpreted" else SIZES
    computed = 0
    for seed in range(30 * part, 30 * part + 30):
        made = Maker(seed, moves, sizes)
        kernel = compile_chain(made.chain)
        if kernel is None:  # axes that cross, or a reshape that no loop follows
            assert moves
            continue
        given = made.given()
        outputs = shared(made.chain, given, made.rng)
        kernel.bind(given, outputs)()
        computed += 1
        for o, found in zip(made.chain.outputs, outputs, strict=True):
            np.testing.assert_allclose(
                found.astype(np.float64),
                made.values[o].astype(np.float64),
                rtol=0,
                atol=made.tolerance(o),
                err_msg=f"{seed=} {moves=} slot {o}",
            )
    assert computed >= 25


def test_a_kernel_runs_again_on_what_its_arrays_hold_then(machine):
    b = ChainBuilder()
    x, step = b.input(5), b.input()
    chain = b.chain(b.call("subtract", x, step, shape=(5,)))
    held, size = np.arange(5, dtype=np.float32), np.ones((), np.float32)
    call = compile_chain(chain).bind([held, size], [held])
    call()
    size[...] = 10
    call()
    assert held.tolist() == [-11, -10, -9, -8, -7]


def adam(size):
    """Returns a step of Adam on flat memory, in place."""
    b = ChainBuilder()
    w, g, m, v = (b.input(size) for _ in range(4))
    rate = b.input()

    def scaled(x, factor):
        return b.call("multiply", x, b.constant(factor), shape=(size,))

    m1 = b.call("add", scaled(m, 0.9), scaled(g, 0.1))
    v1 = b.call("add", scaled(v, 0.999), scaled(b.call("square", g), 0.001))
    root = b.call("add", b.call("sqrt", v1), b.constant(1e-7), shape=(size,))
    update = b.call("divide", b.call("multiply", m1, rate, shape=(size,)), root)
    w1 = b.call("subtract", w, update)
    return b.chain(w1, m1, v1, flushed=(w1, m1, v1))


def test_an_optimizer_in_place(machine, rng):
    size = 50 if machine == "interpreted" else 30_000
    w, g, m, v = (rng.normal(size=size).astype(np.float32) for _ in range(4))
    v = np.abs(v)
    rate = np.float32(0.01)
    m1 = np.float32(0.9) * m + np.float32(0.1) * g
    v1 = np.float32(0.999) * v + np.float32(0.001) * (g * g)
    w1 = w - m1 * rate / (np.sqrt(v1) + np.float32(1e-7))
    run(adam(size), w, g, m, v, np.array(rate), outputs=[w, m, v])
    for found, expected in ((w, w1), (m, m1), (v, v1)):
        np.testing.assert_array_equal(found, expected)


def test_outputs_that_would_overwrite_what_is_still_read_are_copied(machine):
    b = ChainBuilder()
    x = b.input(3, 4)
    e = b.call("negative", x)
    away = b.call("subtract", x, b.reduce("sum", e, 1))
    chain = b.chain(e, away)
    given = np.arange(12.0, dtype=np.float32).reshape(3, 4)
    expected = given + given.sum(1, keepdims=True)
    negative = -given
    [_, found] = run(chain, given, outputs=[given, np.empty_like(given)])
    assert (given.tolist(), found.tolist()) == (negative.tolist(), expected.tolist())


def test_a_transpose_in_place(machine):
    b = ChainBuilder()
    x = b.input(4, 4)
    turned = b.call("_transpose", x, shape=(4, 4), axes=(1, 0))
    given = np.arange(16.0, dtype=np.float32).reshape(4, 4)
    expected = -given.T
    run(b.chain(b.call("negative", turned)), given, outputs=[given])
    assert given.tolist() == expected.tolist()


def philox(key, count):
    words = np.random.Philox(key=np.array(key, np.uint64)).random_raw(-(-count // 2))
    return words.astype("<u8").view("<u4")[:count]


def test_dropout_draws_the_bits_of_philox(machine):
    b = ChainBuilder()
    x, key = b.input(4, 5), b.input(2, dtype="uint64")
    noise = b.call("_dropout", x, key, shape=(4, 5), dtype="float32", rate=0.4,
                   noise_shape=(4, 5))  # fmt: skip
    chain = b.chain(b.call("negative", noise))
    given, words = np.ones((4, 5), np.float32), np.array([3, 9], np.uint64)
    kept = philox([3, 9], 20).reshape(4, 5) >= round(0.4 * 2**32)
    expected = np.where(kept, -np.float32(1 / 0.6), 0)
    out = np.empty_like(given)
    call = compile_chain(chain).bind([given, words], [out])
    call()
    np.testing.assert_array_equal(out, expected)
    words[:] = 4, 9
    call()
    kept = philox([4, 9], 20).reshape(4, 5) >= round(0.4 * 2**32)
    np.testing.assert_array_equal(out, np.where(kept, -np.float32(1 / 0.6), 0))


def test_uniform_numbers(machine):
    b = ChainBuilder()
    key = b.input(2, dtype="uint64")
    chain = b.chain(b.call("_uniform", key, shape=(3, 3), dtype="float32"))
    [found] = run(chain, np.array([1, 2], np.uint64))
    expected = (philox([1, 2], 9) >> 8) * 2.0**-24
    assert found.ravel().tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        ("uint64", 2**64 - 1),
        ("int64", -(2**63)),
        ("int8", -5),
        ("bool", True),
        ("float64", 0.1),
        ("float32", float("inf")),
        ("float16", -0.0),
    ],
)
def test_constants_arrive_as_they_are(machine, dtype, value):
    b = ChainBuilder()
    x = b.constant(value, 1, dtype=dtype)
    chain = b.chain(b.call("_stop_gradient", x))
    [found] = run(chain)
    assert repr(found.item()) == repr(np.array(value, dtype).item())


def test_bfloat16(machine):
    kind = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    b = ChainBuilder()
    x = b.input(4, dtype="bfloat16")
    chain = b.chain(b.call("add", x, b.constant(1.0, dtype="bfloat16"), shape=(4,)))
    given = np.array([1, 256, 0.01, -3], kind)
    out = np.empty(4, kind)
    run(chain, given, outputs=[out])
    assert out.tolist() == (given + kind.type(1)).tolist()


def test_what_no_loop_nest_fits_has_no_kernel():
    b = ChainBuilder()
    x = b.input(4, 4)
    turned = b.call("_transpose", x, shape=(4, 4), axes=(1, 0))
    assert compile_chain(b.chain(b.call("add", x, turned))) is None


def negative(*shape, dtype="float32"):
    b = ChainBuilder()
    return b.chain(b.call("negative", b.input(*shape, dtype=dtype)))


def unaligned():
    raw = np.zeros(4 * 6 + 1, np.uint8)
    return raw[1:].view(np.float32).reshape(2, 3)


def read_only():
    made = np.zeros((2, 3), np.float32)
    made.flags.writeable = False
    return made


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (np.zeros((3, 2), np.float32), r"shape \(3, 2\), dtype <f4"),
        (np.zeros((2, 3)), "dtype <f8"),
        (np.zeros((2, 3), ">f4"), "dtype >f4"),
        (np.zeros((2, 6), np.float32)[:, ::2], r"strides \(24, 8\)"),
        (unaligned(), "not aligned"),
    ],
    ids=["shape", "dtype", "order", "strides", "alignment"],
)
@pytest.mark.parametrize("role", ["input", "output"])
def test_arrays_of_another_kind_are_refused(interpreted, role, wrong, told):
    kernel = compile_chain(negative(2, 3))
    fine = np.zeros((2, 3), np.float32)
    given, out = (wrong, fine) if role == "input" else (fine, wrong)
    message = rf"An {role} of this kernel must be .*\(2, 3\) and dtype float32.*{told}"
    with pytest.raises(BackendError, match=message):
        kernel.bind([given], [out])


def test_an_output_must_be_writeable(interpreted):
    kernel = compile_chain(negative(2, 3))
    kernel.bind([read_only()], [np.zeros((2, 3), np.float32)])
    with pytest.raises(BackendError, match="An output .* not writeable"):
        kernel.bind([np.zeros((2, 3), np.float32)], [read_only()])


def test_a_bound_kernel_keeps_its_memory(machine):
    out = np.ones(1000, np.float32)
    call = compile_chain(negative(1000)).bind([np.ones(1000, np.float32)], [out])
    held = weakref.ref(out)
    del out
    gc.collect()
    call()
    assert held().tolist() == [-1] * 1000
    del call
    gc.collect()
    assert held() is None


@needs_llvm
def test_nothing_is_allocated_in_the_steady_state():
    call = compile_chain(negative(1000)).bind(
        [np.ones(1000, np.float32)], [np.ones(1000, np.float32)]
    )
    call()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            call()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 500
    assert peak - before < 2000


F4, F8, I4, F2 = "float32", "float64", "int32", "float16"


@pytest.mark.parametrize(
    ("name", "static", "dtypes", "shapes", "expected"),
    [
        ("add", {}, [I4, I4, I4], [(3,)] * 3, True),
        ("add", {}, [F4, F4, F4], [(0, 3), (3,), (0, 3)], False),
        ("add", {}, ["complex64"] * 3, [(3,)] * 3, False),
        ("divide", {}, [F4, F4, F4], [(3,)] * 3, True),
        ("divide", {}, [I4, I4, I4], [(3,)] * 3, False),
        ("exp", {}, [F4, F4], [(9999,)] * 2, True),
        ("exp", {}, [F8, F8], [(9999,)] * 2, False),
        ("exp", {}, [F8, F8], [(100,)] * 2, True),
        ("sin", {}, [F4, F4], [(129,)] * 2, False),
        ("arctan2", {}, [F4, F4, F4], [(128,)] * 3, True),
        ("arctan2", {}, [F4, F4, F4], [(129,)] * 3, False),
        ("sqrt", {}, [F8, F8], [(9999,)] * 2, True),
        ("mean", {"axis": (0,)}, [I4, I4], [(3,), ()], False),
        ("sum", (("axis", (0,)),), [I4, I4], [(3,), ()], True),
        ("cast_to", {"dtype": F4}, [I4, F4], [(3,)] * 2, True),
        ("_reshape", {"shape": (3, 1)}, [F4, F4], [(3,), (3, 1)], True),
        ("_uniform", {"dtype": F4}, ["uint64", F4], [(2,), (9,)], True),
        ("_uniform", {"dtype": F8}, ["uint64", F8], [(2,), (9,)], False),
        ("_dropout", {"rate": 0.5}, [F8, "uint32", F8], [(9,), (2,), (9,)], True),
        ("_dropout", {"rate": 0.5}, [I4, "uint32", I4], [(9,), (2,), (9,)], False),
        ("_keep", {}, [F4, "uint32", "uint32", F4, F4], [(3,)] * 5, False),
        ("matmul", {}, [F4, F4, F4], [(3, 3)] * 3, False),
        ("_conj", {}, [F4, F4], [(3,)] * 2, False),
    ],
)
def test_what_is_supported(name, static, dtypes, shapes, expected):
    assert supports(name, static, dtypes, shapes) is expected


def test_half_precision_needs_a_processor_that_converts_it(monkeypatch):
    for has in (True, False):
        monkeypatch.setattr(library, "has_half", lambda has=has: has)
        assert supports("add", {}, [F2] * 3, [(3,)] * 3) is has
        assert supports("add", {}, ["bfloat16"] * 3, [(3,)] * 3)


def test_every_element_is_supported_on_a_few_floats_or_booleans():
    def possible(name):
        return any(supports(name, {}, [d], [(3,)]) for d in (F4, "bool"))

    assert {name for name in ELEMENTS if not possible(name)} == {"_keep"}


def test_code_is_made_once_in_a_process(machine, monkeypatch, folder):
    made = []
    translate = library.translate

    def counted(text):
        made.append(text)
        return translate(text)

    monkeypatch.setattr(library, "translate", counted)
    results = []

    def work():
        x = np.ones(64, np.float32)
        results.append(run(negative(64), x)[0].sum())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [-64] * 8
    assert len(made) == 1
    run(negative(65), np.ones(65, np.float32))  # the same but for the first axis
    assert len(made) == 1
    assert len(list(folder.iterdir())) == 1


def test_code_is_found_in_the_cache(machine, monkeypatch, folder):
    x = np.ones(8, np.float32)
    run(negative(8), x)
    monkeypatch.setattr(chains, "_addresses", {})
    monkeypatch.setattr(chains, "_kernels", {})
    translate = library.translate
    monkeypatch.setattr(library, "translate", None)
    assert run(negative(8), x)[0].tolist() == [-1] * 8
    # A damaged file is made anew.
    [path] = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-3])
    monkeypatch.setattr(chains, "_addresses", {})
    monkeypatch.setattr(chains, "_kernels", {})
    monkeypatch.setattr(library, "translate", translate)
    assert run(negative(8), x)[0].tolist() == [-1] * 8


def test_a_cache_that_cannot_be_written_is_done_without(machine, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path / "file"))
    assert run(negative(2), np.ones(2, np.float32))[0].tolist() == [-1, -1]


def test_without_llvmlite_an_error_names_the_extra(monkeypatch):
    monkeypatch.setattr(library, "has_llvm", lambda: False)
    library._llvm.cache_clear()
    library.fingerprint.cache_clear()
    with pytest.raises(BackendError, match=r"llvmlite: pip install kerasish\[cpu\]"):
        compile_chain(negative(4))


SCRIPT = """
import numpy as np
from kerasish.backends.llvm import chain as chains
from tests.backends.llvm.chain_builder import ChainBuilder
from tests.backends.llvm.random_chains import Maker
"""
COMPUTE = """
from tests.backends.llvm.test_chain import adam
given = [np.ones(9, np.float32) for _ in range(4)] + [np.ones((), np.float32)]
chains.compile_chain(adam(9)).bind(given, [given[0], given[2], given[3]])()
print(round(float(given[0].sum()), 4))
"""
LEAVE = """
from kerasish.tracing.worker import Worker
worker = Worker()
for seed in range(20):
    worker.submit(chains.compile_chain, Maker(seed).chain)
"""


def start(script):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT + script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@needs_llvm
def test_processes_share_the_cache(folder):
    for _ in range(2):
        pair = [start(COMPUTE) for _ in range(2)]
        for process in pair:
            assert process.communicate(timeout=60) == ("0.0\n", "")
        assert len(list(folder.iterdir())) == 1


@needs_llvm
def test_a_program_may_end_while_chains_are_compiled():
    for _ in range(3):
        process = start(LEAVE)
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0


def test_rows_may_lie_apart(machine):
    rows = 6 if machine == "interpreted" else 4000  # threads share many
    b = ChainBuilder()
    x, y, row = b.input(rows, 8), b.input(rows, 8), b.input(1, 8)
    total = b.call("add", b.call("multiply", x, y), row)
    ends = [total, b.reduce("sum", total, 1), b.call("tanh", x)]
    b.lay_apart(x, y, total, ends[2])
    rng = np.random.default_rng(0)
    gates, beside = (rng.normal(size=(rows, 32)).astype("f") for _ in range(2))
    bias = rng.normal(size=(1, 8)).astype("f")
    given = [gates[:, 8:16], beside[:, :8], bias]
    joined = np.zeros((rows, 24), "f")
    outputs = [joined[:, 16:], np.empty((rows, 1), "f"), joined[:, :8]]
    run(b.chain(*ends), *given, outputs=outputs)
    wanted = given[0] * given[1] + bias
    np.testing.assert_allclose(outputs[0], wanted, 1e-5, 1e-6)
    np.testing.assert_allclose(outputs[1], wanted.sum(1, keepdims=True), 1e-4, 1e-5)
    np.testing.assert_allclose(outputs[2], np.tanh(given[0]), 1e-6)
    assert not joined[:, 8:16].any()  # what lies between stays as it was


def test_rows_apart_may_be_written_over_what_is_read(machine):
    b = ChainBuilder()
    x = b.input(5, 8)
    out = b.call("negative", x)
    b.lay_apart(x, out)
    held = np.arange(80.0, dtype="f").reshape(5, 16)
    before = held.copy()
    run(b.chain(out), held[:, :8], outputs=[held[:, 4:12]])
    np.testing.assert_array_equal(held[:, 4:12], -before[:, :8])


def test_rows_must_be_told_to_lie_apart(machine):
    b = ChainBuilder()
    chain = b.chain(b.call("negative", b.input(5, 8)))
    with pytest.raises(BackendError, match="contiguous"):
        run(chain, np.ones((5, 16), "f")[:, :8])
