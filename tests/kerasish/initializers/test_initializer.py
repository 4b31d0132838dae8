import numpy as np
import pytest

from kerasish import initializers, random
from kerasish.core.errors import ArgumentTypeError


def test_a_subclass_must_define_the_values():
    class Empty(initializers.Initializer):
        pass

    with pytest.raises(NotImplementedError, match="Empty does not override `__call__`"):
        Empty()((2,))


def test_one_instance_gives_the_same_values_every_time():
    for initializer in (initializers.HeNormal(), initializers.HeNormal(seed=3)):
        first = initializer((3, 4)).numpy()
        np.testing.assert_array_equal(initializer((3, 4)), first)


def test_two_instances_without_a_seed_differ():
    one, two = initializers.RandomNormal(), initializers.RandomNormal()
    assert one((5,)).tolist() != two((5,)).tolist()


def test_a_generator_gives_new_values_every_time():
    initializer = initializers.RandomUniform(seed=random.SeedGenerator(3))
    assert initializer((5,)).tolist() != initializer((5,)).tolist()


def test_generator_survives_the_config():
    initializer = initializers.RandomUniform(seed=random.SeedGenerator(3))
    config = initializer.get_config()
    assert config["seed"]["class_name"] == "SeedGenerator"
    again = initializers.RandomUniform.from_config(config)
    np.testing.assert_array_equal(again((5,)), initializer((5,)))


def test_clone_is_a_new_one_with_the_same_config():
    initializer = initializers.RandomNormal(1.0, 2.0, seed=4)
    clone = initializer.clone()
    assert clone is not initializer
    np.testing.assert_array_equal(clone((5,)), initializer((5,)))


@pytest.mark.parametrize("seed", ["3", 1.5, True], ids=repr)
def test_wrong_seed(seed):
    message = f"must be an integer, a `SeedGenerator` or None. Received: seed={seed!r}"
    with pytest.raises(ArgumentTypeError, match=message):
        initializers.HeNormal(seed=seed)
