"""Numbers look as they do in Keras' lines."""

import math

import numpy as np
import pytest

from kerasish.callbacks.progress_text import (
    duration_text,
    metrics_text,
    step_text,
    value_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5000"),
        (12345.678, "12345.6780"),
        (7, "7.0000"),
        (-0.25, "-0.2500"),
        (0.001, "1.0000e-03"),
        (0.0011, "0.0011"),
        (-1e-5, "-1.0000e-05"),
        (0.0, "0.0000e+00"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (np.float32(0.5), "0.5000"),
        (np.array([0.5]), "0.5000"),
        (np.array([1.0, 2.0]), "[1. 2.]"),
        ("text", "text"),
        ([[1], [2, 3]], "[[1], [2, 3]]"),
    ],
)
def test_values(value, text):
    assert value_text(value) == text


def test_metrics():
    assert metrics_text({"loss": 8.0, "a": 2e-4}.items()) == (
        " - loss: 8.0000 - a: 2.0000e-04"
    )
    assert metrics_text([]) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59.4, "59s"),
        (59.6, "1:00"),
        (75, "1:15"),
        (3599.9, "1:00:00"),
        (36_610, "10:10:10"),
    ],
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.2, "2s/step"), (0.1084, "108ms/step"), (8.07e-4, "807us/step")],
)
def test_steps(seconds, text):
    assert step_text(seconds, "step") == text
