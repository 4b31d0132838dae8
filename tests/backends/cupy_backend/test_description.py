"""What `show_config` prints of a GPU."""

import io

import kerasish as keras


def test_the_parts_are_described(backend):
    found = backend.description()
    assert found["CuPy"] == "14.2.0"
    assert found["device"] == "gpu:0 of 2, NVIDIA Fake, compute capability 9.0"
    assert found["CUDA"] == "driver 13.0, runtime 13.2"
    assert found["memory"] == "16.0 of 16.0 GiB free, no limit"
    backend.memory.set_limit(0.25)
    assert backend.description()["memory"].endswith("limit 4.0 GiB")


def test_it_is_in_the_report(backend):
    text = io.StringIO()
    keras.show_config(text)
    assert "Backend: cupy" in text.getvalue()
    assert "NVIDIA Fake" in text.getvalue()
