"""Seeds and keys."""

import numpy as np
import pytest

from kerasish import random


def test_keys_count():
    generator = random.SeedGenerator(7)
    assert [generator.next().tolist() for _ in range(2)] == [[7, 0], [7, 1]]
    again = random.SeedGenerator.from_config(generator.get_config())
    assert again.next().tolist() == [7, 0]


def test_set_random_seed_repeats_everything():
    def draw():
        return [
            random.uniform((2,)).tolist(),
            np.random.rand(),
            random.make_default_seed(),
        ]

    random.set_random_seed(5)
    first = draw()
    random.set_random_seed(5)
    assert draw() == first


def test_a_scope_touches_nothing_outside():
    random.set_random_seed(5)
    outside = random.uniform((2,)).tolist()
    random.set_random_seed(5)
    with random.seed_scope(1):
        a = random.uniform((2,)).tolist()
    assert random.uniform((2,)).tolist() == outside
    with random.seed_scope(1):
        assert random.uniform((2,)).tolist() == a


@pytest.mark.parametrize("seed", [-1, 1.5, "x", True])
def test_wrong_seeds(seed):
    with pytest.raises(ValueError, match="`seed` must be"):
        random.SeedGenerator(seed)
    with pytest.raises(ValueError, match="below 2"):
        random.set_random_seed(2**32)
    with pytest.raises(ValueError, match="no arguments"):
        random.SeedGenerator(1, colour="red")
