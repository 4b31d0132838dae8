import gc
import weakref

import pytest

import kerasish as keras
from kerasish import backend


@pytest.mark.parametrize("name", backend.__all__)
def test_name_is_there(name):
    assert callable(getattr(keras.backend, name))


def test_backend_answers_its_name():
    assert keras.backend.backend() == keras.config.backend()


def test_clear_session_starts_names_again():
    assert keras.layers.Dense(1).name == "dense"
    assert keras.layers.Dense(1).name == "dense_1"
    backend.clear_session(free_memory=False)
    assert keras.layers.Dense(1).name == "dense"


def test_clear_session_forgets_the_seed():
    keras.utils.set_random_seed(3)
    first = keras.random.uniform((4,)).tolist()
    backend.clear_session()
    assert keras.random.uniform((4,)).tolist() != first


@pytest.mark.parametrize("free_memory", [True, False])
def test_clear_session_frees_what_nobody_holds(free_memory):
    class Held:
        pass

    gc.disable()
    try:
        held = Held()
        held.itself = held
        seen = weakref.ref(held)
        del held
        backend.clear_session(free_memory=free_memory)
        assert (seen() is None) == free_memory
    finally:
        gc.enable()
