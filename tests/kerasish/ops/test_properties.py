"""Properties of every operation: value, inferred shape, graph, derivatives."""

import ast
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import (
    OPS,
    PRIMITIVES,
    KerasTensor,
    Op,
    Primitive,
    Tensor,
    check_gradients,
)
from kerasish.core import tree
from kerasish.core.dtypes import is_float_dtype
from tests.kerasish.ops.sampling import BFLOAT16, numpy_dtype
from tests.sources import ROOT, source_files, tree_of

FOLDER = Path(__file__).parent / "samples"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
SAMPLES = [
    row
    for name in MODULES
    for row in import_module(f"tests.kerasish.ops.samples.{name}").SAMPLES
]
RTOL = {"float64": 1e-12, "float32": 4e-6, "float16": 4e-3, BFLOAT16: 3e-2}
ROOMS = ("kerasish.ops", "kerasish.autodiff")
# Public names of `kerasish.ops` that are no operations on tensors, and why.
OTHER = {
    **dict.fromkeys(
        ("_fused_attention", "_fused_attention_back"),
        "computes in float32 whatever it is given, tested in test_fused_attention.py",
    ),
    "_noise": "draws, tested in test_image_deformation.py",
    "custom_gradient": "a decorator, tested with autodiff",
    **dict.fromkeys(
        ("associative_scan", "cond", "fori_loop", "map", "scan", "switch")
        + ("jvp", "vectorize", "vectorized_map", "while_loop"),
        "takes functions, has a test of its own",
    ),
    **dict.fromkeys(
        ("convert_to_numpy", "convert_to_tensor", "converted", "dtype", "is_tensor")
        + ("ndim", "shape", "size"),
        "gives no tensor or makes one, tested in test_conversion.py",
    ),
}

each_sample = pytest.mark.parametrize("row", SAMPLES, ids=str)


def wide(host):
    """Returns an array in float64, integers, booleans and complex as they are."""
    return host.astype("float64") if host.dtype.kind in "fV" else host


def leaves_of(structure):
    return [x for x in tree.flatten(structure) if x is not None]


@each_sample
def test_value_equals_reference(row):
    if row.reference is None:
        pytest.skip("its values are tested elsewhere")
    for dtype in row.dtypes:
        hosts = row.draw(dtype)
        args, kwargs = row.fill(hosts)
        found = leaves_of(row.operation(*args, **kwargs))
        args, kwargs = row.fill([wide(h) for h in hosts])
        with np.errstate(all="ignore"):
            expected = leaves_of(row.reference(*args, **kwargs))
        assert len(found) == len(expected)
        for y, e in zip(found, expected, strict=True):
            host = np.asarray(y)
            e = np.asarray(e)
            name = y.dtype if isinstance(y, Tensor) else str(host.dtype)
            tolerance = RTOL.get(name, 1e-5 if "c" in host.dtype.kind else 0)
            if tolerance:
                tolerance = max(tolerance, RTOL.get(dtype, 0))
            assert host.shape == e.shape, (dtype, host.shape, e.shape)
            np.testing.assert_allclose(
                wide(host),
                e,
                rtol=tolerance * row.loose,
                atol=tolerance * row.loose,
                err_msg=f"in {dtype}",
            )


def symbolic(row, hosts, batch):
    made = []
    which = range(len(hosts)) if row.batch is True else row.batch or ()
    for i, host in enumerate(hosts):
        unknown = batch and i in which and host.ndim > 1
        shape = (None, *host.shape[1:]) if unknown else host.shape
        made.append(KerasTensor(shape, host.dtype))
    return made


@each_sample
def test_inferred_spec_is_the_computed_one(row):
    for dtype in row.dtypes:
        hosts = row.draw(dtype)
        args, kwargs = row.fill(hosts)
        computed = leaves_of(row.operation(*args, **kwargs))
        for batch in (False, True) if row.batch else (False,):
            args, kwargs = row.fill(symbolic(row, hosts, batch))
            inferred = leaves_of(row.operation(*args, **kwargs))
            if not row.recipes:  # nothing symbolic: both were computed
                continue
            assert len(inferred) == len(computed)
            for s, y in zip(inferred, computed, strict=True):
                assert isinstance(s, KerasTensor)
                assert s.dtype == y.dtype, (dtype, s, y.dtype)
                assert len(s.shape) == len(y.shape), (dtype, s.shape, y.shape)
                for n, m in zip(s.shape, y.shape, strict=True):
                    free = batch or not row.sized
                    assert n == m or (n is None and free), (s.shape, y.shape)


@each_sample
def test_functional_graph_equals_eager(row):
    hosts = row.draw(row.dtypes[0])
    if not hosts or not isinstance(row.operation, Op | Primitive):
        pytest.skip("not one node of a graph")
    stand_ins = symbolic(row, hosts, batch=False)
    args, kwargs = row.fill(stand_ins)
    output = leaves_of(row.operation(*args, **kwargs))[0]
    operation, index, _ = output._keras_history
    node = operation._inbound_nodes[index]
    values = dict(zip(map(id, stand_ins), hosts, strict=True))
    args, kwargs = node.fill(values)
    found = leaves_of(node.operation(*args, **kwargs))
    args, kwargs = row.fill(hosts)
    for y, e in zip(found, leaves_of(row.operation(*args, **kwargs)), strict=True):
        np.testing.assert_array_equal(np.asarray(y), np.asarray(e))


@each_sample
def test_gradient_agrees_with_differences(row):
    if row.gradient is False:
        pytest.skip("no derivative")
    hosts = row.draw("float64", seed=1)
    floating = [i for i, h in enumerate(hosts) if is_float_dtype(h.dtype)]
    which = floating if row.gradient is True else [floating[i] for i in row.gradient]
    if not which:
        pytest.fail("no float recipe: say gradient=False")

    def call(*tensors):
        filled = list(hosts)
        for i, x in zip(which, tensors, strict=True):
            filled[i] = x
        args, kwargs = row.fill(filled)
        return [
            y
            for y in leaves_of(row.operation(*args, **kwargs))
            if is_float_dtype(y.dtype)
        ]

    check_gradients(call, *(hosts[i] for i in which), order=row.order)


def ours(table):
    return {
        name: made
        for name, made in table.items()
        if made.__module__.startswith(ROOMS) and not made.__module__.startswith("tests")
    }


def known_operations():
    names = {name for name in ops.__all__ if name not in OTHER}
    modules = {n for n in names if type(getattr(ops, n)).__name__ == "module"}
    return ((names - modules) | set(ours(PRIMITIVES)) | set(ours(OPS))) - set(OTHER)


def test_every_operation_has_a_sample():
    sampled = {row.name.rpartition(".")[2] for row in SAMPLES}
    missing = sorted(known_operations() - sampled)
    assert not missing, f"write samples for {missing} in tests/kerasish/ops/samples/"


def test_every_primitive_has_a_derivative_or_says_that_it_has_none():
    faults = [
        name
        for name, made in ours(PRIMITIVES).items()
        if (made.vjps is None) == (made.reason is None)
    ]
    assert not faults, f"declare `defvjp` or `nondifferentiable` of {sorted(faults)}"


def test_rows_without_derivative_are_declared():
    for row in SAMPLES:
        made = ours(PRIMITIVES).get(row.name)
        if made is not None and made.vjps is not None and row.gradient is False:
            checked = [r for r in SAMPLES if r.name == row.name and r.gradient]
            assert checked, f"{row.name} has a derivative that no row checks"


def test_no_two_operations_have_one_name():
    found = {}
    for path in source_files():
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef):
                marks = [ast.unparse(d).partition("(")[0] for d in node.decorator_list]
                if {"op", "primitive"} & set(marks):
                    found.setdefault(node.name, []).append(str(path))
    assert not {name: paths for name, paths in found.items() if len(paths) > 1}


def test_every_module_of_samples_mirrors_a_module():
    for name in MODULES:
        assert (ROOT / "kerasish/ops" / f"{name}.py").exists() or name == "autodiff"


def test_bfloat16_is_computed():
    x = np.asarray([0.5, 1.5], numpy_dtype(BFLOAT16))
    y = ops.add(x, 1)
    assert (y.dtype, np.asarray(y).tolist()) == (BFLOAT16, [1.5, 2.5])
