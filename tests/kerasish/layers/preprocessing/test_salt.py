"""The forms of a salt."""

import numpy as np
import pytest

from kerasish.layers.preprocessing.salt import checked_salt


@pytest.mark.parametrize(
    ("given", "wanted"),
    [(None, None), (7, [7, 7]), ((1, 2), [1, 2]), ([3, np.int64(4)], [3, 4])],
)
def test_a_salt_is_two_integers(given, wanted):
    assert checked_salt("Hashing", given) == wanted


@pytest.mark.parametrize("given", ["a", [1], (1, 2, 3), 1.5, True, [1, "a"]])
def test_other_salts_are_refused(given):
    with pytest.raises(ValueError, match="tuple of size 2 integers, or a single"):
        checked_salt("Hashing", given)
