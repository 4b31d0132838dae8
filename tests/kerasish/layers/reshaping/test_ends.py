"""Amounts at the ends of spatial axes, in every form that they are given in."""

import pytest

from kerasish.core.errors import ArgumentError
from kerasish.layers.reshaping.ends import pairs


@pytest.mark.parametrize(
    "value, rank, expected",
    [
        (2, 1, ((2, 2),)),
        ((1, 2), 1, ((1, 2),)),
        ([0, 2], 1, ((0, 2),)),
        (0, 2, ((0, 0), (0, 0))),
        ((1, 2), 2, ((1, 1), (2, 2))),
        (((1, 2), 3), 2, ((1, 2), (3, 3))),
        ([[1, 2], [3, 4]], 2, ((1, 2), (3, 4))),
        ((1, 2, 3), 3, ((1, 1), (2, 2), (3, 3))),
        ((1, (0, 2), 3), 3, ((1, 1), (0, 2), (3, 3))),
    ],
)
def test_pairs(value, rank, expected):
    assert pairs("Layer", "padding", value, rank) == expected


@pytest.mark.parametrize(
    "value, rank",
    [
        (-1, 1),
        (1.5, 1),
        (True, 1),
        (None, 1),
        ("a", 1),
        ({"a": 1}, 1),
        ((1, 2, 3), 1),
        ((1, -2), 1),
        ((1, 2, 3), 2),
        (((1, 2, 3), 1), 2),
        ("ab", 2),
        ((-1, 1), 2),
        ((1, 2), 3),
        (((1, 2), (3, 4), (5, None)), 3),
    ],
)
def test_other_amounts_are_refused(value, rank):
    match = "`padding` of `Layer` must be an integer that is not negative, .*Received"
    with pytest.raises(ArgumentError, match=match):
        pairs("Layer", "padding", value, rank)
