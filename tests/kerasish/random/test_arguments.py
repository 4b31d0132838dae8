"""Shapes and dtypes that were asked for."""

import pytest

from kerasish.core.errors import DtypeError
from kerasish.random.arguments import float_dtype, sizes


def test_sizes():
    assert sizes(3) == (3,)
    assert sizes([2, 3.0]) == (2, 3)
    assert sizes(()) == ()


def test_float_dtypes():
    assert float_dtype(None, "normal") == "float32"
    assert float_dtype("float16", "normal") == "float16"
    with pytest.raises(DtypeError, match="`dtype` of `normal` must be a float dtype"):
        float_dtype("int32", "normal")
