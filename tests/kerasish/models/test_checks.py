"""Checks of what fit is given."""

import numpy as np
import pytest

from kerasish import config
from kerasish.models import checks


def test_epochs():
    assert checks.epochs(5, 0) == 5
    with pytest.warns(UserWarning, match="Nothing will be trained"):
        checks.epochs(2, 3)
    config.set_max_epochs(2)
    assert checks.epochs(5, 0) == 2
    config.set_max_epochs(None)


def test_validation():
    assert [checks.validates(e, 2) for e in range(4)] == [False, True, False, True]
    assert checks.validates(2, [3]) and not checks.validates(3, [3])
    assert checks.validation_data((1, 2)) == (1, 2, None)
    with pytest.raises(ValueError, match="4 items"):
        checks.validation_data((1, 2, 3, 4))
    with pytest.raises(TypeError, match="not a single array"):
        checks.validation_data(np.ones(3))
    with pytest.raises(ValueError, match="`validation_freq`"):
        checks.validation_freq("x")
    assert checks.rows_of(None) == 0
