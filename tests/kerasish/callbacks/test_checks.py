"""The checks accept NumPy numbers and name class, argument and value."""

import math

import numpy as np
import pytest

from kerasish.callbacks.checks import check_choice, check_count, check_number
from kerasish.core.errors import ArgumentError


def test_counts():
    assert check_count("Owner", "n", np.int64(3)) == 3
    assert type(check_count("Owner", "n", np.int64(3))) is int
    assert check_count("Owner", "n", 0) == 0


@pytest.mark.parametrize("value", [-1, 1.0, "3", None, True, math.nan])
def test_bad_counts(value):
    match = r"`n` of `Owner` must be an integer >= 0\. Received: n="
    with pytest.raises(ArgumentError, match=match):
        check_count("Owner", "n", value)


def test_counts_above_zero():
    with pytest.raises(ArgumentError, match="must be a positive integer"):
        check_count("Owner", "n", 0, minimum=1)


def test_numbers():
    assert check_number("Owner", "x", np.float32(0.5)) == 0.5
    assert check_number("Owner", "x", -math.inf) == -math.inf
    assert check_number("Owner", "x", 1, 0, 1) == 1.0


@pytest.mark.parametrize("value", [math.nan, "1", None, True, [1.0]])
def test_bad_numbers(value):
    with pytest.raises(ArgumentError, match=r"`x` of `Owner` must be a number\. Rec"):
        check_number("Owner", "x", value)


def test_numbers_out_of_range():
    match = r"must be a number >= 0 and <= 1\. Received: x=2"
    with pytest.raises(ArgumentError, match=match):
        check_number("Owner", "x", 2, 0, 1)


def test_choices():
    assert check_choice("Owner", "mode", "b", ("a", "b")) == "b"
    match = r"`mode` of `Owner` must be one of 'a', 'b'\. Received: mode='c'"
    with pytest.raises(ArgumentError, match=match):
        check_choice("Owner", "mode", "c", ("a", "b"))
