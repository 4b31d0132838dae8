"""The hook through which replicas share statistics of a batch."""

from kerasish.layers.normalization.replicas import replica_sum, replica_sum_scope


def test_a_scope_sets_and_resets_the_function():
    def outer(tensors):
        return tensors

    def inner(tensors):
        return tensors

    assert replica_sum() is None
    with replica_sum_scope(outer):
        assert replica_sum() is outer
        with replica_sum_scope(inner):
            assert replica_sum() is inner
        assert replica_sum() is outer
    assert replica_sum() is None


def test_an_error_resets_it():
    try:
        with replica_sum_scope(tuple):
            raise KeyError
    except KeyError:
        pass
    assert replica_sum() is None
