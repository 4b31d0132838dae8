"""The base of data adapters."""

import numpy as np
import pytest

from kerasish.data import DataAdapter
from kerasish.data.adapters import row_number


def test_an_adapter_says_what_is_known():
    adapter = DataAdapter("fit", num_samples=3)
    assert adapter.caller == "fit"
    assert adapter.num_samples == 3
    assert adapter.num_batches is adapter.batch_size is adapter.steps is None
    assert adapter.rows is None
    assert adapter.repeatable
    assert not adapter.endless
    adapter.on_epoch_begin()
    adapter.on_epoch_end()


def test_epochs_are_defined_by_subclasses():
    with pytest.raises(
        NotImplementedError, match="`?DataAdapter`? has no method `epoch"
    ):
        DataAdapter("fit").epoch()


def test_rows_of_a_batch_are_numbered_in_the_whole_data():
    assert row_number(None, 2) == row_number(0, 2) == 2
    assert row_number(10, 2) == 12
    assert row_number(np.array([7, 5, 9]), np.int64(1)) == 5
