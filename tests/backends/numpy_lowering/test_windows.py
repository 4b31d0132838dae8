"""Windows are views; the rows gathered of them are those that slicing finds."""

import numpy as np
import pytest

from kerasish.backends.numpy_lowering import windows
from kerasish.backends.numpy_lowering.windows import (
    Rows,
    groups_of,
    inside,
    windows_of,
)
from tests.backends.numpy_lowering.lowered import numbers


def test_windows_are_views():
    x = np.arange(12.0).reshape(1, 6, 2)
    view = windows_of(x, (2,), (2,), (3,))
    assert np.shares_memory(view, x)
    assert view[..., 0].tolist() == [[[0, 6], [4, 10]]]


@pytest.mark.parametrize("few", [0, 10**6])
@pytest.mark.parametrize("channels", [1, 3, 16])
@pytest.mark.parametrize("dilation", [1, 2])
def test_rows_are_windows(few, channels, dilation, monkeypatch):
    monkeypatch.setattr(windows, "FEW", few)
    monkeypatch.setattr(windows, "ROWS", 2 * 20 * 4 * channels)
    x = numbers("x", 5, 6, 5, channels)
    rows = Rows(x, (2, 2), (1, 1), ((0, 0), (0, 1)), (1, dilation))
    padded = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 0)))
    found = []
    for part in rows.parts():
        steps = []
        made = rows.part(part, steps)
        for step in steps:
            step()
        found.append(made.copy())
    width = 6 - dilation
    expected = [
        padded[:, i : i + 5, j : j + width] for i in (0, 1) for j in (0, dilation)
    ]
    assert rows.each == 5 * width
    expected = np.stack(expected, 3).reshape(-1, 4 * channels)
    np.testing.assert_array_equal(np.concatenate(found), expected)


def test_a_window_of_one_needs_no_rows():
    x, steps = numbers("x", 2, 3, 3, 4), []
    rows = Rows(x, (1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1))
    assert np.shares_memory(rows.part(slice(0, 2), steps), x)
    assert steps == []


def test_images_in_a_frame():
    frame = np.arange(12).reshape(1, 3, 4, 1)
    assert inside(frame, ((1, 0), (0, 2))).ravel().tolist() == [4, 5, 8, 9]


def test_groups_have_channels_and_filters():
    x = np.arange(4).reshape(1, 4)
    found = [(g.tolist(), at) for g, at in groups_of(x, 2, 2, 3)]
    assert found == [([[0, 1]], slice(0, 3)), ([[2, 3]], slice(3, 6))]
