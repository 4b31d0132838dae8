"""Convolutions are told as they lie, and planned once for each shape."""

import pytest

from kerasish.backends.cuda import cudnn
from kerasish.backends.cuda.convolving import KERNEL, Shape, planned
from kerasish.backends.cuda.libraries import Refused
from kerasish.core.config import set_matmul_precision
from tests.backends.cuda import emulation

SHAPE = Shape(
    *("forward", (2, 3, 5, 6), (4, 3, 3, 3), (2, 4, 3, 4)),
    *((1, 1), ((0, 0), (0, 0)), (1, 1), "float32"),
)


@pytest.fixture
def front(monkeypatch):
    return emulation.install_frontend(monkeypatch)


def test_a_convolution_is_planned_once(front):
    assert planned(SHAPE) is planned(SHAPE)
    assert len(front.built) == 1
    planned(SHAPE._replace(strides=(1, 2)))
    assert len(front.built) == 2


def test_a_change_of_the_precision_makes_another_plan(front):
    exact = planned(SHAPE)
    set_matmul_precision("high")
    try:
        assert planned(SHAPE) is not exact
    finally:
        set_matmul_precision("highest")
    without = [("without", "TENSOR_CORE") in graph.said for graph in front.built]
    assert without == [True, False]


def test_memory_is_told_as_it_lies(front):
    planned(SHAPE)
    images, kernel, result = front.built[0].tensors
    assert (images.dim, images.stride) == ([2, 3, 5, 6], [90, 1, 18, 3])
    assert (kernel.dim, kernel.stride) == ([4, 3, 3, 3], [27, 1, 9, 3])
    assert (result.dim, result.stride) == ([2, 4, 3, 4], [48, 1, 16, 4])
    # Filters last: (3, 3, 3, 4) in order, seen as (filters, channels, *window).
    assert SHAPE._replace(turned=False).strides_of(KERNEL) == [1, 4, 36, 12]


def test_the_multiplications_are_counted():
    assert SHAPE.size == 2 * (3 * 4) * 4 * 3 * (3 * 3)


def test_no_plan_without_the_library(monkeypatch):
    monkeypatch.setattr(cudnn, "frontend", lambda: None)
    with pytest.raises(Refused, match="is not there"):
        planned(SHAPE)
