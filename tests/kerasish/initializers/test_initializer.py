"""The base classes of initializers."""

import pytest

from kerasish import initializers, random


def test_seeds():
    assert initializers.RandomNormal(seed=random.SeedGenerator(1))((2,)).shape == (2,)
    for seed in (1.5, True, "x"):
        with pytest.raises(TypeError, match="`seed` of an initializer"):
            initializers.RandomNormal(seed=seed)


def test_clone():
    made = initializers.RandomUniform(-1.0, 1.0, seed=5)
    assert made.clone()((3,)).tolist() == made((3,)).tolist()


def test_a_generator_survives_the_config():
    made = initializers.RandomUniform(seed=random.SeedGenerator(5))
    again = initializers.RandomUniform.from_config(made.get_config())
    assert again.seed.seed == 5


def test_a_subclass_must_say_how():
    with pytest.raises(NotImplementedError, match="does not override"):
        initializers.Initializer()((2,))
