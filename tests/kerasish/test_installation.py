import io
import platform
import re
from importlib import metadata

import h5py
import numpy as np
import pytest
import sklearn

import kerasish as keras
from kerasish import installation
from kerasish.backends import Backend


def shown(**settings):
    """Returns the lines that are printed, by their names."""
    file = io.StringIO()
    keras.show_config(file, **settings)
    pairs = re.findall(r"^ *(.+?)(?:: |  +)(.*)$", file.getvalue(), re.MULTILINE)
    return dict(pairs)


@pytest.fixture
def nothing_optional(monkeypatch):
    """Lets distributions that are not required look uninstalled."""
    found = installation.version_of

    def version_of(name):
        if name in ("ml_dtypes", "cupy", "cupy-cuda12x", "cupy-cuda13x"):
            raise metadata.PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(installation, "version_of", version_of)


def test_versions_are_those_of_the_modules():
    lines = shown()
    assert lines["Python"].startswith(platform.python_version() + ", ")
    assert lines["NumPy"] == np.__version__
    assert lines["h5py"] == h5py.__version__
    assert lines["scikit-learn"] == sklearn.__version__


def test_the_backend_tells_its_part():
    lines = shown()
    assert lines["Backend"] == "numpy"
    for name, text in keras.backends.current().description().items():
        assert lines[name] == text


def test_a_backend_of_others_is_told_too():
    class Other(Backend):
        name = "other"
        xp = np

    with keras.backend_scope(Other()):
        lines = shown()
    assert lines["Backend"] == "other"
    assert lines["numpy"] == np.__version__


def test_settings_are_those_of_the_moment(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASISH_HOME", str(tmp_path))
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("mixed_float16")
    keras.config.set_matmul_precision("high")
    keras.config.set_image_data_format("channels_first")
    lines = shown()
    assert lines["floatx"] == "float64"
    assert lines["dtype policy"] == "mixed_float16"
    assert lines["matmul precision"] == "high"
    assert lines["image data format"] == "channels_first"
    path = tmp_path / "kerasish.json"
    assert lines["config file"] == f"{path} (there is none)"
    path.write_text("{}")
    assert shown()["config file"] == str(path)


def test_missing_packages_are_named_with_their_extra(nothing_optional):
    lines = shown()
    assert lines["ml_dtypes"] == 'not found: pip install "kerasish[bfloat16]"'
    assert "kerasish[cuda13]" in lines["CuPy"]


def test_optional_packages_show_their_version(monkeypatch):
    monkeypatch.setattr(installation, "version_of", lambda name: f"{name} 1")
    lines = shown()
    assert lines["ml_dtypes"] == "ml_dtypes 1"
    assert lines["CuPy"] == "cupy-cuda13x 1"


def test_unknown_versions_are_said_to_be(monkeypatch):
    def version_of(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(installation, "version_of", version_of)
    assert shown()["NumPy"] == "unknown"


def test_prints_to_the_standard_output_by_default(capsys):
    keras.show_config()
    assert capsys.readouterr().out.startswith(f"kerasish {keras.__version__}\n")


def test_a_path_is_no_file():
    match = "`file` of `show_config` must be an open file or None. .*'config.txt'"
    with pytest.raises(TypeError, match=match):
        keras.show_config("config.txt")
