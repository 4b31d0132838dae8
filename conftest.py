"""Fixtures of all tests and doctests: a clean state, seeded numbers, the GPU."""

import importlib.util
import os
import tempfile

# Before the first import of kerasish: the settings of whoever runs the tests
# must not decide their outcome.
os.environ["KERASISH_HOME"] = tempfile.mkdtemp(prefix="kerasish-tests-")
os.environ["KERASISH_CACHE"] = os.environ["KERASISH_HOME"]

import numpy as np
import pytest

import kerasish
from kerasish import backends, random
from kerasish.core import config, custom_objects, dtype_policies, naming

DEFAULT_BACKEND = backends.current()


def _has_gpu():
    if importlib.util.find_spec("cupy") is None:
        return False
    import cupy

    try:
        return cupy.cuda.runtime.getDeviceCount() > 0
    except cupy.cuda.runtime.CUDARuntimeError:
        return False


def pytest_runtest_setup(item):
    """Skips the tests marked `gpu` where there is no CuPy or no device."""
    if item.get_closest_marker("gpu") and not _has_gpu():
        pytest.skip("needs CuPy and a CUDA device")


@pytest.fixture(autouse=True)
def clean_state():
    """Gives every test and doctest the same fresh state: names, seeds, settings."""
    naming.reset_uids()
    random.set_random_seed(0)
    yield
    backends.set_backend(DEFAULT_BACKEND)
    config.set_floatx("float32")
    config.set_epsilon(1e-7)
    config.set_image_data_format("channels_last")
    config.set_matmul_precision("highest")
    config.enable_interactive_logging()
    config.enable_traceback_filtering()
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)
    custom_objects.get_custom_objects().clear()
    dtype_policies.set_dtype_policy(None)


@pytest.fixture(autouse=True)
def example_names(doctest_namespace):
    """Lets docstring examples say `keras` and `np` as Keras' own pages do."""
    doctest_namespace["keras"] = kerasish
    doctest_namespace["np"] = np


@pytest.fixture
def rng():
    """A NumPy generator that starts alike in every test."""
    return np.random.default_rng(0)
