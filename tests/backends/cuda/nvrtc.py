"""Compiling kernels for a GPU that is not there: NVRTC needs no driver."""

import pytest

from kerasish.backends.cuda import modules

ARCHITECTURES = ("sm_80", "sm_90")


def check(text, architecture):
    """Compiles a module's text to machine code; skips the test where NVRTC is not."""
    compiler = pytest.importorskip("cupy.cuda.compiler")
    options = (*modules.OPTIONS, f"-arch={architecture}")
    try:
        program = compiler._NVRTCProgram(text, "kernels.cu", method="cubin")
    except (ImportError, OSError, RuntimeError) as error:
        pytest.skip(f"needs NVRTC: {error}")
    code, _ = program.compile(options)
    assert len(code) > 0
