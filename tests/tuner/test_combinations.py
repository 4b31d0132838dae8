import random

import pytest

from kerasish.tuner import combinations as combos
from kerasish.tuner.conditions import Parent
from kerasish.tuner.hyperparameter import Boolean, Choice
from kerasish.tuner.hyperparameters import HyperParameters
from kerasish.tuner.numerical import Float, Int
from kerasish.tuner.trial import Trial

SPACE = [
    Choice("m", ["x", "y"], default="y"),
    Int("u", 1, 2, conditions=[Parent("m", ["x"])]),
    Boolean("b", conditions=[Parent("u", [2])]),
    Int("z", 1, 2),
]

# By hand: what is in use depends on what stands before it.
EVERY = [
    {"m": "y", "z": 1},
    {"m": "y", "z": 2},
    {"m": "x", "u": 1, "z": 1},
    {"m": "x", "u": 1, "z": 2},
    {"m": "x", "u": 2, "b": False, "z": 1},
    {"m": "x", "u": 2, "b": False, "z": 2},
    {"m": "x", "u": 2, "b": True, "z": 1},
    {"m": "x", "u": 2, "b": True, "z": 2},
]


def trial(values, used=None):
    made = Trial(HyperParameters(), "0")
    made.hyperparameters.values = values
    made.used = used
    return made


def test_all_combinations_hold_only_what_is_in_use():
    assert list(combos.all_combinations(SPACE)) == EVERY
    assert combos.default_values(SPACE) == EVERY[0]
    assert combos.most_combinations(SPACE) == 16


def test_combinations_of_nothing():
    assert list(combos.all_combinations([])) == [{}]


def test_range_without_steps_has_ten_values_and_the_default():
    space = [Float("f", 0.0, 1.0)]
    values = [found["f"] for found in combos.all_combinations(space)]
    assert values == pytest.approx([0.0, *(0.05 + i / 10 for i in range(10))])
    assert combos.most_combinations(space) is None
    # A value from elsewhere stands before the first.
    assert combos.next_combination(space, {"f": 0.123}) == {"f": 0.0}


def test_every_integer_is_listed_when_asked_for():
    space = [Int("i", 1, 40, sampling="log", default=5)]
    assert len(list(combos.all_combinations(space))) < 15
    found = [values["i"] for values in combos.all_combinations(space, every=True)]
    assert found[0] == 5 and sorted(found) == list(range(1, 41))
    assert combos.most_combinations(space) == 40


def test_one_name_in_two_branches_is_one_value():
    space = [
        Choice("m", ["x", "y"]),
        Int("u", 1, 2, conditions=[Parent("m", "x")]),
        Int("u", 5, 6, conditions=[Parent("m", "y")]),
    ]
    found = [tuple(values.values()) for values in combos.all_combinations(space)]
    assert found == [("x", 1), ("x", 2), ("y", 5), ("y", 6)]


def test_random_combinations_are_valid_and_all_come_up():
    generator = random.Random(0)
    found = [combos.random_values(SPACE, generator) for _ in range(300)]
    assert all(values in found for values in EVERY)
    assert all(values in EVERY for values in found)


def test_a_branch_does_not_shift_the_numbers_after_it():
    for seed in range(20):
        both = combos.random_values(SPACE, random.Random(seed))
        generator = random.Random(seed)
        fourth = [generator.random() for _ in SPACE][3]
        assert both["z"] == SPACE[3].prob_to_value(fourth)


def test_hash_tells_values_apart_but_not_their_order():
    a = combos.values_hash({"x": 1, "y": True})
    assert a == combos.values_hash({"y": True, "x": 1})
    assert a != combos.values_hash({"x": 1, "y": 1})
    assert len(a) == 32


def test_tried_compares_what_a_trial_used():
    tried = combos.Tried(
        [
            trial({"drop": False, "rate": 0.1}, used=["drop"]),
            trial({"drop": True, "rate": 0.2}, used=["drop", "rate"]),
        ],
        [Boolean("drop"), Float("rate", 0.0, 1.0)],
    )
    # The first builder never asked for the rate, so any rate is the same model.
    assert {"drop": False, "rate": 0.9} in tried
    assert {"drop": True, "rate": 0.2} in tried
    assert {"drop": True, "rate": 0.9} not in tried


def test_tried_counts_values_whose_use_cannot_be_seen():
    # Read from `hp.values`, which nobody notices: no trial has asked for it.
    space = [Int("a", 1, 3)]
    tried = combos.Tried([trial({"a": 1}, used=[])], space)
    assert {"a": 1} in tried and {"a": 2} not in tried
    # Not run yet.
    tried = combos.Tried([trial({"a": 1}), trial({"a": 2}, used=["a"])], space)
    assert {"a": 1} in tried and {"a": 3} not in tried


def test_tried_leaves_out_what_is_not_searched():
    tried = combos.Tried([trial({"a": 1, "fixed": 7})], [Int("a", 1, 3)])
    assert {"a": 1} in tried and {"a": 2} not in tried
