"""What `show_config` prints of a GPU."""

import io

import kerasish as keras
from kerasish.backends.cuda import cublaslt, cudnn


def test_the_parts_are_described(backend):
    found = backend.description()
    assert found["CuPy"] == "14.2.0"
    assert found["device"] == "gpu:0 of 2, NVIDIA Fake, compute capability 9.0"
    assert found["CUDA"] == "driver 13.0, runtime 13.2"
    assert found["memory"] == "16.0 of 16.0 GiB free, no limit"
    backend.memory.set_limit(0.25)
    assert backend.description()["memory"].endswith("limit 4.0 GiB")


def test_missing_libraries_are_told_with_what_to_do(backend, monkeypatch):
    for module, name, key in (
        (cublaslt, "library", "cuBLASLt"),
        (cudnn, "frontend", "cuDNN"),
    ):
        monkeypatch.setattr(module, name, lambda: None)
        told = backend.description()[key]
        assert told.startswith("not found (pip install nvidia-cu")
        assert "no CUDA graphs" in told
        monkeypatch.setattr(module, name, lambda: "a library")
        assert backend.description()[key] == "found"


def test_it_is_in_the_report(backend):
    text = io.StringIO()
    keras.show_config(text)
    assert "Backend: cupy" in text.getvalue()
    assert "NVIDIA Fake" in text.getvalue()
