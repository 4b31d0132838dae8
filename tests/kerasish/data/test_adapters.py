"""The base of data adapters."""

import pytest

from kerasish.data import DataAdapter


def test_an_adapter_says_what_is_known():
    adapter = DataAdapter("fit", num_samples=3)
    assert adapter.caller == "fit"
    assert adapter.num_samples == 3
    assert adapter.num_batches is adapter.batch_size is adapter.steps is None
    assert adapter.repeatable
    assert not adapter.endless
    adapter.on_epoch_begin()
    adapter.on_epoch_end()


def test_epochs_are_defined_by_subclasses():
    with pytest.raises(
        NotImplementedError, match="`?DataAdapter`? has no method `epoch"
    ):
        DataAdapter("fit").epoch()
