"""Attention is told as it lies, and planned once for each shape."""

import pytest

from kerasish.backends.cuda import cudnn
from kerasish.backends.cuda.attending import GRADIENTS, QUERY, SUMS, Shape, planned
from kerasish.backends.cuda.libraries import Refused
from tests.backends.cuda import emulation

PARTS = ((2, 5, 3, 8), (2, 6, 3, 8), (2, 6, 3, 16))
SHAPE = Shape("forward", PARTS, True, 0.3, "float16")


@pytest.fixture
def front(monkeypatch):
    return emulation.install_frontend(monkeypatch)


def test_memory_is_told_as_it_lies(front):
    planned(SHAPE)
    tensors = {t.uid: t for t in front.built[0].tensors}
    assert tensors[QUERY].dim == [2, 3, 5, 8]
    assert tensors[QUERY].stride == [120, 8, 24, 1]
    assert (tensors[SUMS].dim, tensors[SUMS].stride) == ([2, 3, 5, 1], [15, 5, 1, 1])
    assert tensors[SUMS].kind == "FLOAT"
    made = [t for t in tensors.values() if t.made and t.made.name == "sdpa"]
    assert made[0].made.how == {"scale": 0.3, "causal": True}


def test_the_way_back_writes_three_gradients(front):
    planned(SHAPE._replace(kind="back"))
    outputs = [t for t in front.built[0].tensors if t.is_output]
    assert tuple(t.uid for t in outputs) == GRADIENTS
    assert [t.dim for t in outputs] == [[2, 3, 5, 8], [2, 3, 6, 8], [2, 3, 6, 16]]


def test_without_sums_nobody_writes_them(front):
    planned(SHAPE._replace(kind="inference"))
    assert sum(t.is_output for t in front.built[0].tensors) == 1


def test_attention_is_planned_once(front):
    assert planned(SHAPE) is planned(SHAPE)
    assert ("workspace", 256 << 20) in front.built[0].said
    long = tuple((64, 4096, 8, 64) for _ in range(3))
    planned(SHAPE._replace(parts=long))
    [size] = [x[1] for x in front.built[1].said if x[0] == "workspace"]
    assert size > 256 << 20


def test_no_plan_without_the_library(front, monkeypatch):
    monkeypatch.setattr(cudnn, "frontend", lambda: None)
    with pytest.raises(Refused, match="is not there"):
        planned(SHAPE)
