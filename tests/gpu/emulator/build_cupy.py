"""Builds CuPy from its sources over a CUDA that computes on the CPU.

    python tests/gpu/emulator/build_cupy.py FOLDER

CuPy's own build for its documentation leaves out what needs a CUDA compiler. Here it is
told that CUDA is there all the same, with the real headers, so that all calls of the
runtime and the driver go to `runtime.cpp`. Takes some minutes, once for each folder.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

__all__ = ["FLAGS", "HERE", "include_options", "main"]

HERE = Path(__file__).resolve().parent
VERSION = "14.2.0"
TOOLS = ["setuptools>=77", "cython>=3.2,<3.3", "numpy>=2.1,<2.6", "wheel"]
CUDA = ["nvidia-cuda-runtime==13.*", "nvidia-cuda-crt==13.*", "cuda-pathfinder"]
OURS = ["h5py", "ml_dtypes", "scikit-learn", "tqdm", "pytest", "pytest-xdist"]
FLAGS = "-std=c++17 -O1 -w -fpermissive -ffp-contract=off -fPIC".split()
CCCL = "cupy/_core/include/cupy/_cccl"
# What the sources say of CUDA, and what they say here.
EDITS = {
    "install/cupy_builder/_command.py": [
        ("['CUPY_CUDA_VERSION'] = 0\n", "['CUPY_CUDA_VERSION'] = 13000\n")
    ],
    "cupy_backends/cupy_backend.h": [("stub/cupy_cuda.h", "cuda/cupy_cuda.h")],
    "cupy_backends/cupy_backend_runtime.h": [
        ("stub/cupy_cuda_runtime.h", "cuda/cupy_cuda_runtime.h")
    ],
    "cupy_backends/stub/cupy_cutensor.h": [("typedef enum {} cudaDataType_t;\n", "")],
}
COMMON = "cupy_backends/stub/cupy_cuda_common.h"  # types, those of cuBLAS last
HEADERS = "#include <cuda.h>\n#include <cuda_runtime.h>\n#include <library_types.h>\n"


def include_options(folder):
    """Returns the options that name the folders of headers."""
    (site,) = (folder / "venv/lib").glob("python*/site-packages")
    source = folder / f"cupy-{VERSION}"
    places = [
        site / "nvidia/cu13/include",
        source / "cupy/_core/include",
        source / CCCL / "libcudacxx",
        source / CCCL / "thrust",
    ]
    return [f"-I{place}" for place in places]


def unpacked(folder):
    """Returns the folder of CuPy's sources, changed as they have to be."""
    python, source = folder / "venv/bin/python", folder / f"cupy-{VERSION}"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "install", *TOOLS, *CUDA, *OURS], check=True)
    fetch = "download --no-deps --no-binary cupy --no-build-isolation".split()
    stub = {**os.environ, "CUPY_INSTALL_USE_STUB": "1"}
    subprocess.run(
        [*pip, *fetch, "-d", folder, f"cupy=={VERSION}"], check=True, env=stub
    )
    with tarfile.open(folder / f"cupy-{VERSION}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    for name, pairs in EDITS.items():
        text = (source / name).read_text()
        for old, new in pairs:
            assert old in text, f"{name} of CuPy {VERSION} is not as expected"
            text = text.replace(old, new)
        (source / name).write_text(text)
    text = (source / COMMON).read_text()
    types = text[text.index("typedef void* cublasHandle_t") : text.rindex("#endif")]
    (source / COMMON).write_text(f'#pragma once\n{HEADERS}extern "C" {{\n{types}')
    return source


def main(folder):
    """Builds what is not there."""
    folder = Path(folder).resolve()
    done = folder / "done"
    if done.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    venv.create(folder / "venv", with_pip=True)
    source = unpacked(folder)
    options = include_options(folder)
    env = {
        **os.environ,
        "CPATH": os.pathsep.join(option[2:] for option in options[:1]),
        "CUPY_INSTALL_USE_STUB": "1",
        "CUPY_NUM_BUILD_JOBS": str(os.cpu_count()),
        "CFLAGS": "-O1 -g0 -w",
    }
    build = [folder / "venv/bin/python", "setup.py", "-q", "build_ext", "--inplace"]
    subprocess.run(build, cwd=source, env=env, check=True)
    library = folder / "libcuda.so.1"
    shared = ["-shared", HERE / "runtime.cpp", "-o", library, "-ldl"]
    subprocess.run(["g++", *FLAGS, *options, *shared], check=True)
    (folder / "headers").mkdir()
    for name in ("device.h", "cupy_device.h"):
        header = ["-x", "c++-header", HERE / name]
        made = ["-o", folder / f"headers/{name}.gch"]
        subprocess.run(["g++", *FLAGS, *options, *header, *made], check=True)
    done.touch()


if __name__ == "__main__":
    main(sys.argv[1])
