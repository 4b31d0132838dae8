import numpy as np
import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.tuner.checks import check_int


def test_integers_pass():
    assert check_int("n", np.int64(3), least=3) == 3
    assert check_int("n", -5) == -5


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_others_are_refused(value):
    with pytest.raises(ArgumentTypeError, match="`n` must be an integer. Received: n="):
        check_int("n", value)


def test_least_is_named():
    with pytest.raises(ArgumentError, match="`n` must be at least 1. Received: n=0"):
        check_int("n", 0, least=1)
