"""Plans on the backend: whose forms are bound, and what runs without one."""

import numpy as np

from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.backends.cupy_backend import lowering
from kerasish.tracing.passes.pipeline import OF_BACKENDS


def test_forms_are_given_operands_results_and_static_arguments(backend, monkeypatch):
    seen = []
    forms = {"own": lambda *arrays, **static: seen.append((arrays, static))}
    monkeypatch.setattr(lowering, "FORMS", forms)
    assert backend.lower("own", {"axis": 1}, ["x"], ["y", None]) is None
    assert seen == [(("x", "y", None), {"axis": 1})]
    assert backend.lower("unknown", {}, ["x"], ["y"]) is None


def test_chains_without_a_kernel_run_call_by_call(backend, monkeypatch):
    slots = (Slot((2,), "float32"),) * 2
    chain = Chain(slots, (0,), (Call("exp", (0,), 1),), (1,))
    x, y = (backend.aligned(2, "float32") for _ in range(2))
    backend.lower_chain(chain, [x], [y])()
    assert backend.to_numpy(y).tolist() == [1.0, 1.0]
    monkeypatch.setattr(lowering, "chain_step", lambda *chain: "the kernel")
    assert backend.lower_chain(chain, [x], [y]) == "the kernel"


def test_kernels_of_other_names_than_their_primitives(backend):
    slots = (Slot((2,), "bool"), *(Slot((2,), "float32"),) * 4)
    calls = (
        Call("_choose", (0, 1, 2), 3),
        Call("add_gradients", (3, 1), 4),
        Call("cast_to", (4,), 3, (("dtype", "float32"),)),
    )
    chain = Chain(slots, (0, 1, 2), calls, (3,))
    given = [np.array([True, False]), np.float32([1, 2]), np.float32([3, 4])]
    out = backend.aligned(2, "float32")
    backend.lower_chain(chain, [backend.from_numpy(x) for x in given], [out])()
    assert backend.to_numpy(out).tolist() == [2, 6]


def test_what_can_be_compiled_is_asked_of_the_kernels(backend, monkeypatch):
    assert backend.can_compile
    monkeypatch.setattr(lowering, "supports", lambda *node: node)
    assert backend.compiles("exp", {}, [], []) == ("exp", {}, [], [])
    monkeypatch.setattr(lowering, "compile_chain", lambda chain: chain)
    assert backend.compile_chain("chain") == "chain"
    monkeypatch.setattr(lowering, "is_one_kernel", lambda *told: told)
    assert backend.attends("float16", (), True, 0.5) == ("float16", (), True, 0.5)
    monkeypatch.setattr(lowering, "EPILOGUES", frozenset({"relu"}))
    assert backend.epilogues == {"relu"}
    monkeypatch.setattr(lowering, "EPILOGUES", frozenset())
    assert backend.epilogues is None


def test_passes_left_out_are_passes(backend):
    assert backend.unsuited_passes <= {*OF_BACKENDS}


def test_memory_of_plans(backend):
    x = backend.aligned(5, "float32")
    assert x.shape == (5,)
    assert not np.any(backend.to_numpy(x))


def test_plans_are_fed(backend):
    data = [np.arange(12.0).reshape(6, 2), np.arange(6)]
    columns = [backend.from_numpy(x) for x in data]
    order = backend.from_numpy(np.array([5, 0, 3, 1, 2, 4]))
    cursor = backend.aligned(1, "int64")
    into = [backend.aligned(4, "float32").reshape(2, 2), backend.aligned(2, "int64")]
    steps = backend.feeding(columns, order, cursor, into)
    for rows in ([5, 0], [3, 1], [2, 4]):
        for step in steps:
            step()
        assert backend.to_numpy(into[0]).tolist() == data[0][rows].tolist()
        assert backend.to_numpy(into[1]).tolist() == rows
    assert len(steps) == 1


def test_plans_are_fed_with_complex_numbers(backend):
    columns = [backend.from_numpy(np.array([1j, 2j, 3j]))]
    order = backend.from_numpy(np.array([2, 0, 1]))
    cursor, into = backend.aligned(1, "int64"), backend.aligned(1, "complex128")
    [step] = backend.feeding(columns, order, cursor, [into])
    for expected in (3j, 1j):
        step()
        assert backend.to_numpy(into)[0] == expected
