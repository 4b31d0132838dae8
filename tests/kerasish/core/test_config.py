import json
from pathlib import Path

import pytest

from kerasish.core import config
from kerasish.core.errors import ArgumentError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASISH_HOME", str(tmp_path))
    return tmp_path


def test_defaults_are_those_of_keras():
    assert config.floatx() == "float32"
    assert config.epsilon() == 1e-7
    assert config.image_data_format() == "channels_last"
    assert config.matmul_precision() == "highest"
    assert config.is_flash_attention_enabled()
    assert config.is_interactive_logging_enabled()
    assert config.is_traceback_filtering_enabled()
    assert config.max_epochs() is None
    assert config.max_steps_per_epoch() is None


SETTINGS = {
    "floatx": "float16",
    "epsilon": 1e-3,
    "image_data_format": "channels_first",
    "matmul_precision": "medium",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_is_kept(name):
    value = SETTINGS[name]
    getattr(config, f"set_{name}")(value)
    assert getattr(config, name)() == value


@pytest.mark.parametrize(
    "name", ["flash_attention", "interactive_logging", "traceback_filtering"]
)
def test_switch(name):
    getattr(config, f"disable_{name}")()
    assert not getattr(config, f"is_{name}_enabled")()
    getattr(config, f"enable_{name}")()
    assert getattr(config, f"is_{name}_enabled")()


@pytest.mark.parametrize("name", ["max_epochs", "max_steps_per_epoch"])
def test_cap(name):
    setter, getter = getattr(config, f"set_{name}"), getattr(config, name)
    setter(3)
    assert getter() == 3
    for wrong in (0, -1, 2.0, True):
        message = f"`{name}` must be a positive integer or None. Received: {wrong!r}"
        with pytest.raises(ArgumentError, match=message):
            setter(wrong)
    assert getter() == 3


@pytest.mark.parametrize(
    "setter, value, message",
    [
        ("set_floatx", "int32", "`floatx` must be one of .* Received: 'int32'"),
        ("set_epsilon", 0, "`epsilon` must be positive. Received: 0"),
        ("set_epsilon", float("nan"), "`epsilon` must be positive. Received: nan"),
        ("set_epsilon", "1", "`epsilon` must be positive. Received: '1'"),
        ("set_matmul_precision", "low", "`matmul_precision` must be .*Received: 'low'"),
        ("set_image_data_format", "nchw", "`data_format` must be one of .* 'nchw'"),
    ],
)
def test_wrong_value(setter, value, message):
    with pytest.raises(ArgumentError, match=message):
        getattr(config, setter)(value)


def test_path_without_a_variable(monkeypatch):
    monkeypatch.delenv("KERASISH_HOME")
    assert config.config_path() == Path.home() / ".kerasish" / "kerasish.json"


def test_absent_file_is_an_empty_config(home):
    assert config.load_config_file() == {}


def test_file_sets_what_it_names(home):
    values = {**SETTINGS, "backend": "numpy"}
    (home / "kerasish.json").write_text(json.dumps(values))
    assert config.load_config_file() == values
    config._apply_file()
    for name, value in SETTINGS.items():
        assert getattr(config, name)() == value


@pytest.mark.parametrize(
    "text, message",
    [("{", "is not JSON"), ("[1]", r"must hold a JSON object. Received: '\[1\]'")],
)
def test_wrong_file(home, text, message):
    (home / "kerasish.json").write_text(text)
    with pytest.raises(ArgumentError, match=message):
        config.load_config_file()
