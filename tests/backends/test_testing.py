"""The conformance suite on the backends present, and whether it sees faults."""

import numpy as np
import pytest

from kerasish.backends import Backend, get_backend
from kerasish.backends.testing import (
    Case,
    cases,
    check_backend,
    check_case,
    has_dtype,
    unchecked_kernels,
)
from kerasish.core.errors import BackendError
from tests.backends.strict import StrictBackend

# The library under the standard's names is NumPy, which warns of what it should not.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning"),
]
BACKENDS = [get_backend("numpy"), StrictBackend()]


class PlainNumpy(Backend):
    """The base kernels over NumPy, none of them made faster."""

    name = "plain"
    xp = np

    def is_array(self, x):
        return isinstance(x, np.ndarray | np.generic)


@pytest.mark.parametrize("backend", [*BACKENDS, PlainNumpy()], ids=repr)
def test_backends_conform(backend):
    check_backend(backend)


@pytest.mark.gpu
def test_cupy_conforms():
    check_backend(get_backend("cupy"))


def test_every_kernel_has_a_case():
    assert unchecked_kernels(get_backend("numpy")) == []


def wrong(kernel, function):
    return type("Wrong", (type(get_backend("numpy")),), {kernel: function})()


def case_of(kernel):
    return next(case for case in cases() if case.kernel == kernel)


@pytest.mark.parametrize(
    "function, message",
    [
        (lambda self, x: np.exp(x) * 1.0001, "exp-float32-2x3 must be .* Received"),
        (lambda self, x: np.exp(x)[0], r"must have shape \(2, 3\). Received: \(3,\)"),
        (
            lambda self, x: np.exp(x).astype("f8"),
            "must have dtype float32. Received: f",
        ),
        (lambda self, x: np.exp(x).tolist(), "returned no array but list"),
        (lambda self, x: 1 / 0, "raised ZeroDivisionError: division by zero"),
    ],
)
def test_faults_are_seen(function, message):
    with pytest.raises(BackendError, match=message):
        check_case(wrong("exp", function), case_of("exp"))


def test_every_fault_is_named():
    backend = wrong("negative", lambda self, x: x)
    with pytest.raises(BackendError, match=r"negative-float32(.|\n)*negative-int32"):
        check_backend(backend)


def test_dtypes_that_are_lacking_are_left_out():
    assert not has_dtype(StrictBackend(), "float16")
    check_case(StrictBackend(), Case("exp", "float16", (np.ones(2),), np.expm1))
