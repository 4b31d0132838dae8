"""Text becomes machine code, and errors say what is wrong."""

import ctypes
import math

import pytest

from kerasish.backends.llvm import library
from kerasish.backends.llvm.elements import LIBRARY
from kerasish.backends.llvm.library import (
    fingerprint,
    has_half,
    has_llvm,
    load,
    translate,
)
from kerasish.core.errors import BackendError

needs_llvm = pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
UNARY = [name for name in LIBRARY if name not in ("atan2", "hypot", "pow")]
SOURCE = """
declare double @{name}({types})
define double @{kernel}(double %x, double %y) {{
  %v = call double @{name}({given})
  ret double %v
}}
"""


def call(name, *given):
    """Computes a function of the C library by machine code."""
    types = ["double"] * len(given)
    text = SOURCE.format(
        name=name,
        kernel=f"by_{name}",
        types=", ".join(types),
        given=", ".join(f"double %{'xy'[i]}" for i in range(len(given))),
    )
    address = load(translate(text), f"by_{name}")
    double = ctypes.c_double
    return ctypes.CFUNCTYPE(double, double, double)(address)(
        *given, *[0.0] * (2 - len(given))
    )


@needs_llvm
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_the_library(name):
    x = 1.25 if name == "acosh" else 0.25
    expected = getattr(math, name, None)
    found = call(name, x)
    if expected is None:
        assert name in ("cbrt", "exp2")  # newer than some Pythons
        assert found == pytest.approx(x ** (1 / 3) if name == "cbrt" else 2**x)
    else:
        assert found == pytest.approx(expected(x), rel=1e-15)


@needs_llvm
@pytest.mark.parametrize("name", ["atan2", "hypot", "pow"])
def test_functions_of_two_numbers(name):
    assert call(name, 1.5, 2.5) == pytest.approx(getattr(math, name)(1.5, 2.5))


@needs_llvm
def test_wrong_source_is_refused():
    with pytest.raises(RuntimeError, match="expected"):
        translate("define nonsense")


@needs_llvm
def test_loops_are_vectorised():
    text = """
    define void @kernel(ptr noalias %x, ptr noalias %y, i64 %n) {
    entry:
      br label %loop
    loop:
      %i = phi i64 [ 0, %entry ], [ %next, %loop ]
      %p = getelementptr float, ptr %x, i64 %i
      %q = getelementptr float, ptr %y, i64 %i
      %v = load float, ptr %p
      %w = fmul float %v, %v
      store float %w, ptr %q
      %next = add nuw nsw i64 %i, 1
      %more = icmp ult i64 %next, %n
      br i1 %more, label %loop, label %end
    end:
      ret void
    }
    """
    llvm = library._llvm()
    module = llvm.parse_assembly(text, llvm.create_context())
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = True
    builder = llvm.create_pass_builder(library._machine(), tuning)
    builder.getModulePassManager().run(module, builder)
    assert " x float>" in str(module)


@needs_llvm
def test_the_fingerprint_is_of_this_machine():
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16


@needs_llvm
def test_half_precision_follows_the_processor():
    features = library._target()[1].split(",")
    assert has_half() == ("+f16c" in features)


def test_nothing_is_compiled_without_llvmlite(monkeypatch):
    monkeypatch.setattr(library, "has_llvm", lambda: False)
    library._llvm.cache_clear()
    assert not has_half()
    with pytest.raises(BackendError, match=r"need the package llvmlite: pip install"):
        translate("")
    with pytest.raises(BackendError, match="llvmlite"):
        load(b"")


def test_whether_there_is_a_compiler_is_found_without_importing_it():
    assert isinstance(has_llvm(), bool)
