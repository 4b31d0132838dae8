"""Clipping of gradients."""

from types import SimpleNamespace

import numpy as np
import pytest

from kerasish.optimizers.clipping import clip_gradients


def settings(**kw):
    return SimpleNamespace(
        **{"clipnorm": None, "clipvalue": None, "global_clipnorm": None, **kw}
    )


GRADS = [np.array([3.0, 4.0], "float32"), np.array([0.0, 12.0], "float32")]


def clipped(**kw):
    return [np.asarray(g).tolist() for g in clip_gradients(settings(**kw), GRADS)]


def test_each_norm():
    assert clipped(clipnorm=5.0) == [[3.0, 4.0], [0.0, 5.0]]


def test_the_norm_of_all():
    found = np.concatenate(clipped(global_clipnorm=6.5))
    assert np.linalg.norm(found) == pytest.approx(6.5)


def test_each_value():
    assert clipped(clipvalue=3.5) == [[3.0, 3.5], [0.0, 3.5]]


def test_nothing():
    assert clipped() == [[3.0, 4.0], [0.0, 12.0]]
