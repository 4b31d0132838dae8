"""What `show_config` says of the libraries that compute on the CPU."""

import platform
import sys
from importlib import metadata
from types import SimpleNamespace

import pytest

from kerasish import backends
from kerasish.backends import numpy_description as module
from kerasish.backends.onednn import loading

CPU = 'not found: pip install "kerasish[cpu]"'


@pytest.fixture
def without_onednn(monkeypatch):
    monkeypatch.setattr(loading, "library", lambda: None)
    monkeypatch.delenv("KERASISH_ONEDNN", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def test_it_is_what_the_backend_says():
    assert backends.get_backend("numpy").description() == module.describe()


def test_onednn_with_version_and_path(monkeypatch):
    found = SimpleNamespace(
        version=(3, 7, 1), path="/lib/libdnnl.so.3", instructions="AMX"
    )
    monkeypatch.setattr(loading, "library", lambda: found)
    assert module.describe()["oneDNN"] == "3.7.1, AMX, /lib/libdnnl.so.3"


def test_a_missing_onednn_is_in_the_extra(without_onednn):
    assert module.describe()["oneDNN"] == CPU


def test_a_missing_onednn_elsewhere_is_the_systems(without_onednn, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    said = module.describe()["oneDNN"]
    assert said == "not found: install oneDNN 3 and name its library in KERASISH_ONEDNN"


@pytest.mark.parametrize(
    "named, why",
    [("", "the empty KERASISH_ONEDNN"), ("/no/lib", "KERASISH_ONEDNN=/no/lib")],
)
def test_a_variable_that_leads_nowhere_is_named(
    without_onednn, monkeypatch, named, why
):
    monkeypatch.setenv("KERASISH_ONEDNN", named)
    assert module.describe()["oneDNN"] == f"not in use, because of {why}"


def test_llvm_with_the_version_of_its_package(monkeypatch):
    monkeypatch.setattr(module, "has_llvm", lambda: True)
    monkeypatch.setattr(module, "version", lambda name: f"{name} 0.44")
    assert module.describe()["LLVM"] == "by llvmlite llvmlite 0.44"


def test_llvm_that_no_installer_knows(monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(module, "has_llvm", lambda: True)
    monkeypatch.setattr(module, "version", version)
    assert module.describe()["LLVM"] == "by llvmlite"


def test_a_missing_llvm_is_in_the_extra(monkeypatch):
    monkeypatch.setattr(module, "has_llvm", lambda: False)
    assert module.describe()["LLVM"] == CPU


def test_threads_are_those_of_the_pool_that_multiplies(monkeypatch):
    pool = SimpleNamespace(get_num_threads=lambda: 3)
    monkeypatch.setattr(loading, "threads", lambda: pool)
    assert module.describe()["threads"].startswith("3 of OpenMP, on ")


def stand_in(monkeypatch, pools):
    """Lets threadpoolctl find these pools of BLAS."""
    found = SimpleNamespace(select=lambda user_api: SimpleNamespace(**pools))
    control = SimpleNamespace(ThreadpoolController=lambda: found)
    monkeypatch.setitem(sys.modules, "threadpoolctl", control)
    monkeypatch.setattr(loading, "threads", lambda: None)


def test_blas_with_its_threads(monkeypatch):
    pool = SimpleNamespace(internal_api="openblas", version="0.3", num_threads=4)
    bare = SimpleNamespace(internal_api="mkl", version=None, num_threads=2)
    stand_in(monkeypatch, {"lib_controllers": [pool, bare]})
    said = module.describe()
    assert said["BLAS"] == "mkl, openblas 0.3"
    assert said["threads"].startswith("4 of BLAS, on ")


def test_a_blas_that_nobody_knows(monkeypatch):
    stand_in(monkeypatch, {"lib_controllers": []})
    said = module.describe()
    assert said["BLAS"] == "not known to threadpoolctl"
    assert said["threads"].startswith("1 of BLAS, on ")


def test_the_folder_of_kernels(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path))
    assert module.describe()["kernel cache"] == str(tmp_path / "kernels")
