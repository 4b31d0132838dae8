"""Lambdas: written always, read only outside safe mode."""

import marshal
from base64 import b64encode

import pytest

from kerasish.core.code_objects import decode_lambda, encode_lambda
from kerasish.core.errors import SerializationError, UnsafeModelError
from kerasish.core.safe_mode import safe_mode_scope


def read(config):
    with safe_mode_scope(False):
        return decode_lambda(config)


def test_round_trip_with_defaults_and_closure():
    scale = 3
    function = read(encode_lambda(lambda x, shift=2: scale * x + shift))
    assert function(5) == 17
    assert read(encode_lambda(lambda x: abs(x)))(-1) == 1


def test_the_other_form_of_keras():
    data = encode_lambda(lambda x: x + 1)
    assert read({"value": [data["code"], None, None]})(1) == 2


def test_a_lambda_that_needs_an_object():
    things = object()
    with pytest.raises(SerializationError, match="may only use plain values"):
        encode_lambda(lambda x: (x, things))


def test_refused_in_safe_mode():
    with pytest.raises(UnsafeModelError, match="safe_mode=False"):
        decode_lambda(encode_lambda(lambda x: x))


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"code": "AAAA"},
        {"code": "x"},
        {"value": ["x"]},
        {"value": None},
        {"code": b64encode(marshal.dumps("no code")).decode()},
    ],
)
def test_bytecode_that_cannot_be_read(config):
    with pytest.raises(SerializationError, match="lambda in the config cannot be read"):
        read(config)
