"""Threads share steps, each over images of its own; results stay what they are."""

import threading

import numpy as np
import pytest

from kerasish.backends import numpy_team
from kerasish.backends.numpy_lowering import sharing
from kerasish.backends.numpy_lowering.sharing import (
    by_images,
    shares,
    summed_by_images,
    together,
)
from kerasish.backends.numpy_lowering.steps import copying


def test_rows_are_shared_evenly(monkeypatch):
    monkeypatch.setattr(numpy_team, "size", lambda: 3)
    parts = shares(8, sharing.LARGE)
    assert [(p.start, p.stop) for p in parts] == [(0, 2), (2, 5), (5, 8)]
    assert len(shares(2, sharing.LARGE)) == 2
    assert shares(8, sharing.LARGE - 1) == [slice(0, 8)]
    assert shares(0, sharing.LARGE) == [slice(0, 0)]


def test_one_step_stays_itself():
    def step():
        pass

    assert together(step) is step


def test_steps_run_at_the_same_time(two_threads):
    both = threading.Barrier(2, timeout=10)
    together(both.wait, both.wait)()  # neither would return alone


def test_images_are_shared(two_threads):
    x, none, out = np.arange(10.0).reshape(5, 2), None, np.zeros((5, 2))
    seen = []

    def form(x, none, out, static):
        seen.append((len(x), none, static))
        return copying(out, x)

    by_images(form, 0, 1, 2)(x, none, out, static=7)()
    assert seen == [(2, None, 7), (3, None, 7)]
    np.testing.assert_array_equal(out, x)
    summed_by_images(lambda x, out: lambda: x.sum(0, out=out), 0)(x, out[0])()
    np.testing.assert_array_equal(out[0], x.sum(0))


@pytest.mark.parametrize("share", [by_images, summed_by_images])
def test_without_a_form_there_is_none(share, two_threads):
    x = np.ones((4, 2))
    assert share(lambda x, out: None, 0)(x, x[0]) is None
