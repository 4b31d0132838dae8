import json

import numpy as np
import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.tuner.conditions import Parent
from kerasish.tuner.hyperparameter import Boolean, Choice, Fixed

# Configs as keras-tuner 1.4.8 writes them.
CONFIGS = [
    (
        Choice("c", [3, 1, 2]),
        '{"name": "c", "default": 3, "conditions": [], "values": [3, 1, 2], '
        '"ordered": true}',
    ),
    (
        Choice("c", ["a", "b"], default="b"),
        '{"name": "c", "default": "b", "conditions": [], "values": ["a", "b"], '
        '"ordered": false}',
    ),
    (
        Boolean("drop", conditions=[Parent("units", [4])]),
        '{"name": "drop", "default": false, "conditions": [{"class_name": "Parent", '
        '"config": {"name": "units", "values": [4]}}]}',
    ),
    (Fixed("x", 1.5), '{"name": "x", "conditions": [], "value": 1.5}'),
]


@pytest.mark.parametrize(("hp", "text"), CONFIGS)
def test_configs_are_those_of_keras_tuner(hp, text):
    assert json.dumps(hp.get_config()) == text
    made = type(hp).from_config(json.loads(text))
    assert made.get_config() == hp.get_config()
    assert made.conditions == hp.conditions


@pytest.mark.parametrize(
    ("hp", "expected"),
    [
        (Choice("c", [3, 1, 2]), [3, 3, 1, 2, 2]),
        (Boolean("b"), [False, False, True, True, True]),
        (Fixed("f", "s"), ["s"] * 5),
    ],
)
def test_probabilities_become_the_values_of_keras_tuner(hp, expected):
    assert [hp.prob_to_value(p) for p in (0, 0.3, 0.5, 0.9, 0.999)] == expected


@pytest.mark.parametrize("hp", [Choice("c", [3, 1, 2]), Boolean("b"), Fixed("f", 1)])
def test_values_and_probabilities_invert_each_other(hp):
    assert [hp.prob_to_value(hp.value_to_prob(v)) for v in hp.values] == list(hp.values)
    assert hp.all_values == hp.values
    assert hp.random_sample(seed=3) == hp.random_sample(seed=3)
    assert hp.random_sample() in hp.values


def test_all_values_come_up_equally_often():
    hp = Choice("c", ["a", "b", "c", "d"])
    draws = [hp.random_sample(seed) for seed in range(4000)]
    counts = np.unique(draws, return_counts=True)[1]
    # Four standard deviations of a binomial count.
    assert np.abs(counts - 1000).max() < 4 * np.sqrt(4000 * 0.25 * 0.75)


def test_numpy_scalars_are_taken():
    assert Choice("c", list(np.array([1, 2]))).get_config()["values"] == [1, 2]
    assert Choice("c", [True, False]).ordered is False


def test_repr_names_the_range():
    assert repr(Fixed("x", 3)) == "Fixed(name: 'x', value: 3)"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Choice("", [1]), ArgumentTypeError, "must be a non-empty string"),
        (lambda: Choice("c", []), ArgumentError, "must hold at least one value"),
        (lambda: Choice("c", "ab"), ArgumentTypeError, "`values` of `Choice` 'c' must"),
        (lambda: Choice("c", [1, "a"]), ArgumentTypeError, "of one type.*int and str"),
        (lambda: Choice("c", [[1]]), ArgumentTypeError, "must be a bool, int, float"),
        (lambda: Choice("c", [1, 1]), ArgumentError, "must differ"),
        (lambda: Choice("c", [1], default=5), ArgumentError, "`default` of `Choice`"),
        (lambda: Choice("c", ["a"], ordered=True), ArgumentError, "`ordered` of"),
        (lambda: Boolean("b", default=3), ArgumentTypeError, "True or False"),
        (lambda: Fixed("f", None), ArgumentTypeError, "`value` of `Fixed` 'f' must"),
    ],
)
def test_wrong_arguments_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()
