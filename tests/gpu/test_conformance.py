"""The conformance suite on a GPU: every kernel over dtypes and shapes."""

import pytest

from kerasish.backends.testing import cases, check_case, unchecked_kernels

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("case", cases(), ids=str)
def test_kernel(backend, case):
    check_case(backend, case)


def test_all_kernels_are_checked(backend):
    assert not unchecked_kernels(backend)
