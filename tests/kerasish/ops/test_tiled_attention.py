"""The operation of tiles, whose results test_attention.py and test_heads.py compare."""

import numpy as np

from kerasish import ops
from kerasish.autodiff import PRIMITIVES, GradientTape, KerasTensor, check_gradients
from kerasish.autodiff.mode import current, mode
from kerasish.ops.tiled_attention import tiled_attention

RNG = np.random.default_rng(0)
Q, K, V = (RNG.normal(size=s) for s in ((1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 3)))
BIAS, MASK = RNG.normal(size=(2, 1, 4)), np.array([True, False, True, True])


def test_gradients_are_those_of_differences():
    def values(q, k, v, bias):
        return tiled_attention(q, k, v, bias, MASK, True, 3, 1.5)[0]

    check_gradients(values, Q, K, V, BIAS)


def test_gradients_come_from_one_call():
    given = [ops.convert_to_tensor(x) for x in (Q, K, V)]
    calls = []

    class Calls:
        def record(self, rule, *rest):
            calls.append(rule.__name__)

        def read(self, *variable): ...

    with GradientTape() as tape:
        tape.watch(given)
        y, sums = tiled_attention(*given)
        loss = ops.sum(y)
        assert sums.shape == (1, 2, 3, 1)
    with mode(tapes=(*current().tapes, Calls())):
        assert all(g is not None for g in tape.gradient(loss, given))
    assert calls.count("_tiled_attention_back") == 1


def test_specs_are_those_of_the_results():
    q, k, v = (KerasTensor(x.shape) for x in (Q, K, V))
    y, sums = tiled_attention(q, k, v)
    assert (y.shape, sums.shape) == ((1, 2, 3, 3), (1, 2, 3, 1))
    rule = PRIMITIVES["_tiled_attention_back"]
    assert rule.spec(y, sums, y, sums, q).shape == q.shape
