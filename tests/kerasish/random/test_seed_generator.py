import random as python_random

import numpy as np
import pytest

from kerasish import random
from kerasish.core.errors import ArgumentError
from kerasish.random import SeedGenerator


def test_each_key_is_new():
    generator = SeedGenerator(7)
    assert [generator.next().tolist() for _ in range(3)] == [[7, 0], [7, 1], [7, 2]]


def test_state_can_be_restored():
    generator = SeedGenerator(7)
    random.uniform((2,), seed=generator)
    state = generator.state.numpy()
    first = random.normal((5,), seed=generator).numpy()
    generator.state.assign(state)
    np.testing.assert_array_equal(random.normal((5,), seed=generator), first)


def test_config_round_trip():
    generator = SeedGenerator(7, name="mine")
    again = SeedGenerator.from_config(generator.get_config())
    assert again.seed == 7
    assert again.next().tolist() == [7, 0]
    assert generator.name == "mine"
    assert not generator.state.trainable


def test_default_seeds_follow_the_global_one():
    random.set_random_seed(5)
    seeds = [SeedGenerator().seed, SeedGenerator().seed]
    random.set_random_seed(5)
    assert [SeedGenerator().seed, SeedGenerator().seed] == seeds
    assert seeds[0] != seeds[1]


def test_set_random_seed_seeds_all_three():
    def draws():
        random.set_random_seed(11)
        return python_random.random(), np.random.rand(), random.uniform((3,)).tolist()

    assert draws() == draws()


def test_global_generator_is_made_when_needed():
    random.forget_global_seed()
    generator = random.global_seed_generator()
    assert random.global_seed_generator() is generator
    assert random.draw_key(None).tolist() == [generator.seed, 0]


def test_scope_is_repeatable_and_leaves_no_trace():
    before = random.global_seed_generator().state.numpy().tolist()
    with random.seed_scope(3):
        first = random.uniform((3,)).tolist(), SeedGenerator().seed
    with random.seed_scope(3):
        second = random.uniform((3,)).tolist(), SeedGenerator().seed
    assert first == second
    assert random.global_seed_generator().state.numpy().tolist() == before


def test_keys():
    generator = SeedGenerator(2)
    assert random.draw_key(9).tolist() == [9, 0]
    assert random.draw_key(generator).tolist() == [2, 0]
    assert random.draw_key(generator.state).tolist() == [2, 1]
    assert random.draw_key(np.int64(2**32 + 4)).tolist() == [4, 0]


@pytest.mark.parametrize("seed", [-1, 1.5, "3", True, [1]], ids=repr)
def test_wrong_seed(seed):
    message = "`seed` must be a non-negative integer.*Received: seed="
    for take in (SeedGenerator, random.set_random_seed, random.draw_key):
        with pytest.raises(ArgumentError, match=message):
            take(seed)


def test_seed_of_numpy_is_bounded():
    with pytest.raises(
        ArgumentError, match=r"below 2\*\*32. Received: seed=4294967296"
    ):
        random.set_random_seed(2**32)


def test_unknown_argument():
    with pytest.raises(ArgumentError, match=r"has no arguments \['sead'\]"):
        SeedGenerator(sead=3)
