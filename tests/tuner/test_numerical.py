import json

import numpy as np
import pytest
from scipy import stats

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.tuner.numerical import Float, Int

# Values at the probabilities 0, 0.3, 0.5, 0.9 and 0.999, from keras-tuner 1.4.8.
SAMPLED = [
    (Float("f", 0.0, 1.0), [0.0, 0.3, 0.5, 0.9, 0.999]),
    (
        Float("f", 1e-3, 1.0, sampling="log"),
        [0.001, 0.007943282347242814, 0.03162277660168379, 0.5011872336272724, 0.99311],
    ),
    (Float("f", 1e-3, 1.0, step=10, sampling="log"), [0.001, 0.01, 0.1, 1.0, 1.0]),
    (Float("f", 1, 10.0, step=0.5), [1.0, 3.5, 5.5, 9.5, 10.0]),
    (
        Float("f", 1, 10, sampling="reverse_log"),
        [1.0, 5.988127663727278, 7.83772233983162, 9.741074588205834, 9.99769],
    ),
    (Int("i", 1, 11), [1, 4, 6, 10, 11]),
    (Int("i", 1, 10, step=4), [1, 1, 5, 9, 9]),
    (Int("i", 1, 100, sampling="log"), [1, 3, 10, 63, 100]),
    (Int("i", 1, 100, step=3, sampling="log"), [1, 3, 9, 81, 81]),
    (Int("i", 1, 100, sampling="reverse_log"), [1, 76, 91, 100, 100]),
    (Int("i", 1, 100, step=3, sampling="reverse_log"), [100, 98, 92, 20, 20]),
]

# Values and their probabilities, from keras-tuner 1.4.8.
PROBABILITIES = [
    (Float("f", 1, 10, sampling="reverse_log"), 5.376586748096509, 0.25),
    (Float("f", 1e-3, 1.0, sampling="log"), 0.08912509381337463, 0.65),
    (Float("f", 1e-3, 1.0, step=10, sampling="log"), 0.01, 0.375),
    (Float("f", 0.0, 2.0), 0.5, 0.25),
    (Float("f", 2.0, 2.0), 2.0, 0.5),
    (Int("i", 1, 10), 3, 0.25),
    (Int("i", 1, 10, step=4), 9, 0.8333333333333333),
    (Int("i", 1, 100, sampling="log"), 50, 0.849809516776312),
    (Int("i", 1, 100, sampling="reverse_log"), 81, 0.3455371587540599),
    (Int("i", 1, 100, step=3, sampling="reverse_log"), 98, 0.3),
]


@pytest.mark.parametrize(("hp", "expected"), SAMPLED)
def test_probabilities_become_the_values_of_keras_tuner(hp, expected):
    values = [hp.prob_to_value(p) for p in (0, 0.3, 0.5, 0.9, 0.999)]
    np.testing.assert_allclose(values, expected, rtol=1e-5)
    assert {type(value) for value in values} == {type(expected[0])}


@pytest.mark.parametrize(("hp", "value", "prob"), PROBABILITIES)
def test_values_become_the_probabilities_of_keras_tuner(hp, value, prob):
    assert hp.value_to_prob(value) == pytest.approx(prob)


def test_values_with_steps_are_those_of_keras_tuner():
    assert Int("i", 1, 10, step=4).values == (1, 5, 9)
    assert Int("i", 1, 100, step=3, sampling="log").values == (1, 3, 9, 27, 81)
    steps = Float("f", 0.1, 0.5, step=0.1)
    assert steps.values == (0.1, 0.2, 0.3, 0.4, 0.5)
    assert steps.all_values == steps.values


def test_values_without_steps_are_spread_over_the_range():
    assert Float("f", 0.0, 1.0).values == pytest.approx(np.arange(0.05, 1, 0.1))
    assert Float("f", 0.0, 1.0).all_values is None
    assert Float("f", 2.0, 2.0).all_values == (2.0,)
    # The set of keras-tuner 1.4.8, which does not sort it.
    assert Int("i", 1, 100, sampling="log").values == (1, 3, 5, 7, 12, 20, 31, 50, 80)
    assert list(Int("i", 1, 100, sampling="log").all_values) == list(range(1, 101))
    assert Int("i", 1, 3).all_values == (1, 2, 3)


def test_random_values_are_those_of_keras_tuner():
    assert Float("f", 0.0, 1.0).random_sample(1) == 0.13436424411240122
    assert Float("f", 1e-3, 1.0, sampling="log").random_sample(2) == pytest.approx(
        0.73807894360257
    )
    assert Int("i", 1, 100, sampling="reverse_log").random_sample(1) == 47


def test_log_sampling_is_uniform_in_the_logarithm():
    hp = Float("f", 1e-4, 1e-1, sampling="log")
    draws = [hp.random_sample(seed) for seed in range(2000)]
    reference = stats.loguniform(1e-4, 1e-1)
    assert stats.kstest(draws, reference.cdf).pvalue > 1e-3


@pytest.mark.parametrize("sampling", ["linear", "log", "reverse_log"])
def test_values_stay_in_the_range(sampling):
    low, high = 0.1, 0.1 + 1e-12
    hp = Float("f", low, high, sampling=sampling)
    assert all(low <= hp.prob_to_value(p) <= high for p in np.linspace(0, 0.9999, 50))


def test_configs_are_those_of_keras_tuner():
    assert json.dumps(Int("i", 1, 10, step=4).get_config()) == (
        '{"name": "i", "default": null, "conditions": [], "min_value": 1, '
        '"max_value": 10, "step": 4, "sampling": "linear"}'
    )
    text = (
        '{"name": "f", "default": 0.001, "conditions": [], "min_value": 0.001, '
        '"max_value": 1.0, "step": null, "sampling": "log"}'
    )
    assert json.dumps(Float("f", 1e-3, 1, sampling="log").get_config()) == text
    assert json.dumps(Float.from_config(json.loads(text)).get_config()) == text


def test_defaults():
    assert Int("i", 1, 10).default == 1
    assert Int("i", 1, 10, default=np.int32(7)).default == 7
    assert Float("f", 1, 10, default=7).default == 7.0


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Int("i", 5, 1), ArgumentError, "must not be greater than `max_value`"),
        (
            lambda: Int("i", 1, 5, step=0),
            ArgumentError,
            "`step` of `Int` 'i' must be g",
        ),
        (lambda: Int("i", 1, 5, step=-1), ArgumentError, "greater than 0 for sampl"),
        (lambda: Int("i", 1.5, 5), ArgumentTypeError, "must be an integer. Received: "),
        (lambda: Int("i", "a", 5), ArgumentTypeError, "`min_value` of `Int` 'i' must"),
        (lambda: Int("i", True, 5), ArgumentTypeError, "must be a number"),
        (lambda: Int("i", 1, 5, default=9), ArgumentError, "between 1 and 5. Received"),
        (lambda: Int("i", 0, 5, sampling="log"), ArgumentError, "must be positive for"),
        (lambda: Int("i", 1, 5, sampling="lgo"), ArgumentError, "Did you mean 'log'?"),
        (
            lambda: Int("i", 1, 5, sampling="log", step=1),
            ArgumentError,
            "greater than 1 for sampling='log'. Received: step=1",
        ),
        (
            lambda: Float("f", 0, np.nan),
            ArgumentError,
            "`max_value` of `Float` 'f' mus",
        ),
        (lambda: Float("f", 0, 1, step=None, default="x"), ArgumentTypeError, "`defau"),
        (
            lambda: Float("f", -1, 1, sampling="reverse_log"),
            ArgumentError,
            "must be positive for sampling='reverse_log'. Received: min_value=-1",
        ),
    ],
)
def test_wrong_arguments_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()
