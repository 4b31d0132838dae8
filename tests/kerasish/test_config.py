import pytest

import kerasish as keras
from kerasish import config


@pytest.mark.parametrize("name", config.__all__)
def test_name_is_there(name):
    assert callable(getattr(keras.config, name))


def test_backend_is_named():
    assert config.backend() == "numpy"
    with config.backend_scope("numpy") as backend:
        assert config.backend() == backend.name


def test_backend_can_be_set():
    config.set_backend("numpy")
    assert config.backend() == "numpy"
    with pytest.raises(RuntimeError, match="nump"):
        config.set_backend("nump")
