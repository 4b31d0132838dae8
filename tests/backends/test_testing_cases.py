"""The table of the conformance suite."""

from kerasish.backends import Backend
from kerasish.backends.testing import DTYPES
from kerasish.backends.testing_cases import TABLE


def test_rows_are_well_formed():
    for kernel, group, arguments, reference in TABLE:
        assert hasattr(Backend, kernel)
        assert group in DTYPES
        assert arguments
        assert callable(reference)
