"""The count of changes rises where a recorded step may have become another."""

import pytest

from kerasish import Variable, layers, optimizers, random
from kerasish.core import config
from kerasish.core.revision import VOLATILE, revise, revision, settings, surroundings


def raised(change):
    """Returns whether something raised the count."""
    before = revision()
    change()
    return revision() > before


def test_each_change_counts():
    before = revision()
    revise()
    revise()
    assert revision() == before + 2


LAYER = layers.Dense(2)
CHANGES = {
    "attribute": lambda: setattr(LAYER, "anything", 1),
    "trainable": lambda: setattr(LAYER, "trainable", False),
    "optimizer": lambda: setattr(optimizers.SGD(), "momentum", 0.5),
    "seed": lambda: random.set_random_seed(1),
    "rule": lambda: setattr(Variable(1.0), "constraint", abs),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_that_steps_depend_on_count(name):
    assert raised(CHANGES[name])


def test_values_do_not_count():
    v = Variable([1.0])
    assert not raised(lambda: v.assign([2.0]))
    assert not raised(lambda: v * 2.0)


@pytest.mark.parametrize("name", sorted(VOLATILE))
def test_attributes_that_every_call_sets_do_not_count(name):
    layer = layers.Dropout(0.5)
    held = getattr(layer, name, None)
    assert not raised(lambda: setattr(layer, name, held))


SETTINGS = {
    "floatx": ("float64", "float32"),
    "epsilon": (0.5, 1e-7),
    "image_data_format": ("channels_first", "channels_last"),
    "matmul_precision": ("medium", "highest"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_count_and_belong_to_a_signature(name):
    setter = getattr(config, f"set_{name}")
    other, usual = SETTINGS[name]
    assert usual in [f() for f in settings]
    assert raised(lambda: setter(other))
    assert other in [f() for f in settings]
    setter(usual)


def test_surroundings_are_looked_at_each_time():
    before = [f() for f in surroundings]
    assert [f() for f in surroundings] == before
