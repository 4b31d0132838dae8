"""Plans of small products run on one thread; elsewhere the number stays."""

import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from kerasish.backends import numpy_threads
from kerasish.backends.numpy_threads import Running
from kerasish.backends.onednn import loading


def blas_threads():
    return max(p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas")


@pytest.fixture
def blas(monkeypatch):
    """Looks as if there were no oneDNN, on two threads."""
    monkeypatch.setattr(loading, "threads", lambda: None)
    forget()
    with threadpool_limits(2, "blas"):
        yield
    forget()


def forget():
    numpy_threads._pools.cache_clear()
    numpy_threads.blas_threads.cache_clear()


def test_blas_is_held_to_the_limit_inside(blas):
    before = blas_threads()
    with Running(1):
        assert blas_threads() == 1
        with Running(1):
            assert blas_threads() == 1
        assert blas_threads() == 1
    assert blas_threads() == before
    with Running():  # threads share the steps, not each product
        assert blas_threads() == 1
    assert blas_threads() == before


def test_an_error_restores_the_number(blas):
    before = blas_threads()
    with pytest.raises(KeyError), Running(1):
        raise KeyError
    assert blas_threads() == before


def test_the_limit_of_a_user_is_not_raised(blas):
    with threadpool_limits(1, "blas"), Running(2):
        assert blas_threads() == 1


def test_the_number_is_that_of_the_first_look(blas):
    assert numpy_threads.blas_threads() == 2
    with threadpool_limits(1, "blas"):
        assert numpy_threads.blas_threads() == 2


def test_onednn_has_a_number_of_its_own():
    threads = loading.threads()
    if threads is None:
        pytest.skip("oneDNN is not installed")
    before = threads.get_num_threads()
    threads.set_num_threads(2)
    try:
        with Running(1):
            assert threads.get_num_threads() == 1
        assert threads.get_num_threads() == 2
    finally:
        threads.set_num_threads(before)


def test_floating_warnings_are_off_inside():
    with warnings.catch_warnings(), Running(1):
        warnings.simplefilter("error")
        assert np.isinf(np.float32(1.0) / np.float32(0.0))
