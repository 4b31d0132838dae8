"""The benchmark of the GPU says so where there is none; its large models are right."""

import importlib.util
import subprocess
import sys

import pytest

import kerasish
from tests.sources import ROOT


def has_gpu():
    """Returns whether CuPy finds a device."""
    if importlib.util.find_spec("cupy") is None:
        return False
    runtime = importlib.import_module("cupy").cuda.runtime
    try:
        return runtime.getDeviceCount() > 0
    except runtime.CUDARuntimeError:
        return False


@pytest.mark.skipif(has_gpu(), reason="there is a GPU")
def test_without_a_gpu_it_says_so_and_is_done():
    done = subprocess.run(
        [sys.executable, "benchmarks/gpu_run.py", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("scripts/bench-gpu needs a GPU: ")
    assert done.stdout.endswith("Nothing was measured.\n")


@pytest.fixture
def workload(monkeypatch):
    """Loads a workload with kerasish in the place of Keras."""
    monkeypatch.setitem(sys.modules, "keras", kerasish)
    monkeypatch.setitem(sys.modules, "keras.layers", kerasish.layers)
    policy = kerasish.config.dtype_policy()

    def load(name):
        path = ROOT / "benchmarks" / "workloads" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield load
    kerasish.config.set_dtype_policy(policy)


def test_the_large_models_have_as_many_weights_as_they_should(workload):
    # torchvision says of its ResNet-50 that it has 25,557,032 parameters; means and
    # variances of its 53 normalisations, of 26,560 channels, come to it.
    assert workload("resnet50").build().count_params() == 25_557_032 + 2 * 26_560
    block = 4 * (768 * 768 + 768) + 2 * 768 * 3072 + 3072 + 768 + 2 * 2 * 768
    expected = 5000 * 768 + 12 * block + 2 * 768 + 2
    assert workload("transformer_large").build().count_params() == expected
