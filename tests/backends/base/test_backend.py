"""The backend class as a whole: what its kernels may use."""

import ast
import inspect
from types import SimpleNamespace

import pytest

from kerasish.backends import Backend
from tests.sources import ROOT, source_files, tree_of

# https://data-apis.org/array-api/2024.12/API_specification/
STANDARD = (
    "abs acos acosh add all any arange argmax argmin argsort asarray asin asinh astype "
    "atan atan2 atanh bitwise_and bitwise_invert bitwise_left_shift bitwise_or "
    "bitwise_right_shift bitwise_xor bool broadcast_arrays broadcast_to can_cast ceil "
    "clip complex128 complex64 concat conj copysign cos cosh count_nonzero "
    "cumulative_prod cumulative_sum diff divide e empty empty_like equal exp "
    "expand_dims expm1 eye finfo flip float32 float64 floor floor_divide from_dlpack "
    "full full_like greater greater_equal hypot iinfo imag inf int16 int32 int64 int8 "
    "isdtype isfinite isinf isnan less less_equal linalg linspace log log10 log1p log2 "
    "logaddexp logical_and logical_not logical_or logical_xor matmul matrix_transpose "
    "max maximum mean meshgrid min minimum moveaxis multiply nan negative newaxis "
    "nextafter nonzero not_equal ones ones_like permute_dims pi positive pow prod real "
    "reciprocal remainder repeat reshape result_type roll round searchsorted sign "
    "signbit sin sinh sort sqrt square squeeze stack std subtract sum take "
    "take_along_axis tan tanh tensordot tile tril triu trunc uint16 uint32 uint64 "
    "uint8 unique_all unique_counts unique_inverse unique_values unstack var vecdot "
    "where zeros zeros_like fft"
).split()
STANDARD = set(STANDARD)
# Classes that kernels are overridden in, besides the families; what returns nothing.
KERNELS = ("Backend", "Lowering")
NOTHING = ("gather", "synchronize", "trim", "write")
BASE = [path for path in source_files() if path.parts[:2] == ("backends", "base")]
OVERRIDES = [
    path
    for path in source_files()
    if path.parts[0] == "backends"
    and (path.stem.startswith("numpy_") or str(path.parent) == "backends/cupy_backend")
    # Steps of plans and threads are no kernels.
    and not path.stem.startswith(("numpy_lowering", "numpy_team", "numpy_threads"))
]


def names_used(path):
    """Returns the attributes of `xp` and `self.xp` in a module."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in (
            "xp",
            "self.xp",
        ):
            found.add(node.attr)
    return found


@pytest.mark.parametrize("path", BASE, ids=str)
def test_base_uses_only_names_of_the_standard(path):
    assert names_used(path) <= STANDARD


def test_ops_use_only_names_of_the_standard():
    for path in source_files():
        if path.parts[:2] == ("kerasish", "ops"):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Attribute):
                    if ast.unparse(node.value) in ("xp", "current().xp"):
                        assert node.attr in STANDARD, (path, node.attr)


def base_signatures():
    made = {}
    for path in BASE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.FunctionDef):
                        made[item.name] = signature(item)
    return made


def signature(node):
    """Returns the parameters of a method with their defaults, annotations left out."""
    arguments = node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    defaults = [ast.unparse(d) for d in arguments.defaults]
    return names, defaults, [a.arg for a in arguments.kwonlyargs]


def is_kernels(node):
    """Tells a family of kernels from the helpers of one."""
    return any(
        "Kernels" in base or base in KERNELS for base in map(ast.unparse, node.bases)
    )


@pytest.mark.parametrize("path", OVERRIDES, ids=str)
def test_overrides_have_the_signature_of_the_base(path):
    # Read and not imported, so that the CuPy modules are checked without CuPy.
    known = base_signatures()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef) and is_kernels(node):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name[0] != "_":
                    assert item.name in known, f"{item.name} overrides nothing"
                    assert signature(item) == known[item.name], item.name
                    returned = [
                        n
                        for n in ast.walk(item)
                        if isinstance(n, ast.Return) and n.value is not None
                    ]
                    assert returned or item.name in NOTHING, item.name


def test_families_do_not_define_a_kernel_twice():
    owners = {}
    for family in Backend.__mro__:
        for name, member in vars(family).items():
            if inspect.isfunction(member) and not name.startswith("__"):
                owners.setdefault(name, []).append(family.__name__)
    assert not {name: found for name, found in owners.items() if len(found) > 1}


def test_the_modules_of_base_are_all_in_the_backend():
    assert (ROOT / "backends/base/backend.py").exists()
    modules = {family.__module__.rpartition(".")[2] for family in Backend.__mro__}
    families = {
        path.stem
        for path in BASE
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Kernels")
    }
    assert len(families) > 10
    assert families <= modules


def test_a_backend_says_what_it_computes_with():
    class Own(Backend):
        name = "own"
        xp = SimpleNamespace(__name__="arrays", __version__="1.2")

    assert Own().description() == {"arrays": "1.2"}
    Own.xp = SimpleNamespace(__name__="arrays")
    assert Own().description() == {"arrays": "no version"}
