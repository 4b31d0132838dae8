"""Patterns that cannot be read, or do not fit."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.core.errors import ArgumentError, ShapeError


@pytest.mark.parametrize(
    ("pattern", "error", "match"),
    [
        ("a b", ArgumentError, "same axes, each once"),
        ("a b -> a", ArgumentError, "same axes, each once"),
        ("a (b -> a b", ArgumentError, "same axes|Brackets"),
        ("a b) -> a b", ArgumentError, "Brackets do not match"),
        ("a b c -> a b c", ShapeError, "3 axes on the left"),
        ("a (b c) -> a b c", ArgumentError, "must be given, all but one"),
        ("(a d) b -> a d b", ShapeError, "does not fit the size 2"),
    ],
)
def test_bad_patterns_are_refused(pattern, error, match):
    sizes = {"d": 3} if "d" in pattern else {}
    with pytest.raises(error, match=match):
        ops.rearrange(np.ones((2, 6)), pattern, **sizes)
