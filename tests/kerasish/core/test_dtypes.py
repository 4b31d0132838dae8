import ml_dtypes
import numpy as np
import pytest

from kerasish.core import config, dtypes
from kerasish.core.dtypes import result_type, standardize_dtype
from kerasish.core.errors import DtypeError

NAMES = "bool uint8 uint16 uint32 int8 int16 int32 float16 bfloat16 float32".split()
# `keras.backend.result_type` of Keras 3.15.1 for each row with each of NAMES.
KERAS = {
    "bool": NAMES,
    "uint8": "uint8 uint8 uint16 uint32 int16 int16 int32 float16 bfloat16 float32",
    "uint16": "uint16 uint16 uint16 uint32 int32 int32 int32 float16 bfloat16 float32",
    "uint32": "uint32 uint32 uint32 uint32 int32 int32 int32 float16 bfloat16 float32",
    "int8": "int8 int16 int32 int32 int8 int16 int32 float16 bfloat16 float32",
    "int16": "int16 int16 int32 int32 int16 int16 int32 float16 bfloat16 float32",
    "int32": "int32 int32 int32 int32 int32 int32 int32 float16 bfloat16 float32",
    "float16": "float16 float16 float16 float16 float16 float16 float16 float16 float32"
    " float32",
    "bfloat16": "bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 float32"
    " bfloat16 float32",
    "float32": ["float32"] * 10,
    bool: NAMES,
    int: "int32 uint8 uint16 uint32 int8 int16 int32 float16 bfloat16 float32",
    float: "float32 float32 float32 float32 float32 float32 float32 float16 bfloat16"
    " float32",
}


@pytest.mark.parametrize("one", KERAS, ids=str)
def test_promotion_is_that_of_keras(one):
    row = KERAS[one]
    expected = row.split() if isinstance(row, str) else row
    assert [result_type(one, other) for other in NAMES] == expected
    assert [result_type(other, one) for other in NAMES] == expected


@pytest.mark.parametrize(
    "given, expected",
    [
        (("int64", "int32"), "int64"),
        (("int64", "float32"), "float32"),
        (("float64", "float32"), "float64"),
        (("float64", float), "float64"),
        (("uint32", "int64"), "int64"),
        (("uint64", "int8"), "float32"),
        (("uint64", "uint8"), "uint64"),
        (("complex64", "float32"), "complex64"),
        (("complex64", "float64"), "complex128"),
        (("complex128", float), "complex128"),
        (("string", "string"), "string"),
        ((int, float), "float32"),
        ((bool, bool), "bool"),
        ((), "float32"),
        (("float16", "bfloat16", "int8"), "float32"),
    ],
)
def test_promotion(given, expected):
    assert result_type(*given) == expected


def test_strings_do_not_combine():
    with pytest.raises(DtypeError, match="Strings do not combine with numbers"):
        result_type("string", "int32")


@pytest.mark.parametrize(
    "given, expected",
    [
        (None, "float32"),
        (float, "float32"),
        (int, "int32"),
        (bool, "bool"),
        (complex, "complex64"),
        ("half", "float16"),
        ("str", "string"),
        ("torch.float64", "float64"),
        (np.uint8, "uint8"),
        (np.dtype("int64"), "int64"),
        (ml_dtypes.bfloat16, "bfloat16"),
        (np.dtype(ml_dtypes.bfloat16), "bfloat16"),
    ],
    ids=str,
)
def test_any_usual_form_of_a_dtype(given, expected):
    assert standardize_dtype(given) == expected
    assert standardize_dtype(given) == expected  # and the second time, remembered


def test_default_follows_floatx():
    config.set_floatx("float64")
    assert standardize_dtype(None) == standardize_dtype(float) == "float64"
    assert result_type("int32", float) == result_type() == "float64"


@pytest.mark.parametrize(
    "given, message",
    [
        ("float3", "Received: dtype='float3'. Did you mean 'float32'?"),
        ("object", "`dtype` must be one of float16, .* Received: dtype='object'"),
        ([1], r"Received: dtype=\[1\]"),
        (np.dtype("V10"), "Received: dtype=dtype"),
    ],
)
def test_no_dtype(given, message):
    with pytest.raises(DtypeError, match=message):
        standardize_dtype(given)


def test_kinds():
    floats = [n for n in dtypes.ALLOWED_DTYPES if dtypes.is_float_dtype(n)]
    integers = [n for n in dtypes.ALLOWED_DTYPES if dtypes.is_int_dtype(n)]
    complexes = [n for n in dtypes.ALLOWED_DTYPES if dtypes.is_complex_dtype(n)]
    assert floats == ["float16", "bfloat16", "float32", "float64"]
    assert all(np.issubdtype(name, np.integer) for name in integers)
    assert len(integers) == 8
    assert complexes == ["complex64", "complex128"]
