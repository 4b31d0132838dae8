"""The kernel that needs other processes."""

import numpy as np

from kerasish.backends import current
from tests.backends.communication.threads import as_group


def test_the_sum_is_an_array_of_its_own():
    x = np.ones((2, 3), "float32")
    made = current().all_reduce(x)
    assert made is not x
    np.testing.assert_array_equal(made, x)


def test_processes_get_the_same_sum():
    made = as_group(3, lambda group: current().all_reduce(np.full(2, group.rank)))
    assert [x.tolist() for x in made] == [[3, 3]] * 3
