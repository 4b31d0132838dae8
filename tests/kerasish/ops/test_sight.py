"""Who sees whom."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.ops.sight import Sight, lowest

TARGETS = np.array([[True, True, False]])
MASK = np.array([[1, 0, 1, 1]], "int32")
TARGET, SOURCE = np.ogrid[:3, :4]
ROWS = {
    "causal": (Sight(causal=True), SOURCE <= TARGET, False),
    "window": (Sight(window=2), abs(SOURCE - TARGET) < 2, True),
    "mask": (Sight(MASK), MASK > 0, True),
    "targets": (Sight(targets=TARGETS), TARGETS[:, None, :, None], True),
    "all": (
        Sight(MASK, TARGETS, True, 2),
        (MASK > 0)
        & TARGETS[:, None, :, None]
        & (SOURCE <= TARGET)
        & (abs(SOURCE - TARGET) < 2),
        True,
    ),
}


@pytest.mark.parametrize(("sight", "seen", "empty"), ROWS.values(), ids=ROWS)
def test_what_is_seen(sight, seen, empty):
    found = sight.seen(3, 4)
    assert found.dtype == "bool"
    np.testing.assert_array_equal(found, seen)
    assert sight.may_be_empty == empty


def test_all_is_seen_unless_something_hides_it():
    assert Sight().seen(3, 4) is None
    assert not Sight().may_be_empty


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_what_is_hidden_has_a_finite_score(dtype):
    score = ops.cast(lowest(dtype), dtype)
    assert np.isfinite(float(score)) and float(score) < -6e4
