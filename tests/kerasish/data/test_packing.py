"""Batches as tuples. The results are those of Keras 3.15."""

import pytest

from kerasish.data import pack_x_y_sample_weight, unpack_x_y_sample_weight


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1, (1, None, None)),
        ((1,), (1, None, None)),
        ((1, 2), (1, 2, None)),
        ([1, 2], (1, 2, None)),
        ((1, 2, 3), (1, 2, 3)),
        ({"a": 1}, ({"a": 1}, None, None)),
        ((None,), (None, None, None)),
    ],
)
def test_unpacking(given, expected):
    assert unpack_x_y_sample_weight(given) == expected


@pytest.mark.parametrize("given", [(), (1, 2, 3, 4)])
def test_unpacking_wants_one_to_three_entries(given):
    message = f"`x`, .*sample_weight.*a tuple of {len(given)} entries"
    with pytest.raises(ValueError, match=message):
        unpack_x_y_sample_weight(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((1,), 1),
        (((1, 2),), ((1, 2),)),
        (([1, 2],), ([1, 2],)),
        (({"a": 1},), {"a": 1}),
        ((1, 2), (1, 2)),
        ((1, 2, 3), (1, 2, 3)),
        ((1, None, 3), (1, None, 3)),
    ],
)
def test_packing(given, expected):
    assert pack_x_y_sample_weight(*given) == expected
