"""Training or not, from the outermost layer inwards."""

from kerasish.layers.base.call_context import (
    CallContext,
    call_context,
    current_context,
    in_training,
)


def test_the_nearest_word_counts():
    assert current_context() is None
    assert in_training(None, False) is False
    with call_context(CallContext("outer", True)):
        assert in_training(None, False) is True
        assert in_training(False, None) is False
        with call_context(CallContext("outer", None)):
            assert in_training(None, "default") == "default"
    assert current_context() is None
