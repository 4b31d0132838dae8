"""A fused node stands for a chain; it is bound to memory, never called."""

import numpy as np
import pytest

from kerasish.backends.base.chain import Call, Chain, Slot
from kerasish.tracing.graph import Node, Value
from kerasish.tracing.packed import Fused


def chain():
    slots = (Slot((4,), "float32"), Slot((), "float32", 2.0), Slot((4,), "float32"))
    return Chain(slots, (0,), (Call("multiply", (0, 1), 2),), (2,))


def test_it_keeps_what_it_was_made_of():
    x, y = (Value((4,), "float32", "node") for _ in range(2))
    rule = Fused(chain(), [[x]], [[y]])
    node = Node(rule, [x], {}, [y], single=False)
    assert node.name == "fused"
    assert (rule.rows_in, rule.rows_out) == ([[x]], [[y]])
    assert tuple(rule.nodes) == ()
    assert rule.kernel is None


def test_it_is_not_called():
    with pytest.raises(NotImplementedError, match="A fused node is bound, not called"):
        Fused(chain(), [], []).function(np.ones(4))
