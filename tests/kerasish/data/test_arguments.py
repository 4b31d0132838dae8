"""Plain arguments: what is accepted, and what each refusal says."""

import numpy as np
import pytest

from kerasish.data import arguments


@pytest.mark.parametrize("value", [1, np.int64(7), np.uint8(3)])
def test_counts_are_whole_numbers_of_any_library(value):
    count = arguments.check_count(value, "units", "Dense")
    assert count == int(value)
    assert type(count) is int


@pytest.mark.parametrize("value", [2.0, "3", True, None, np.float32(2), [1]])
def test_other_types_are_no_count(value):
    with pytest.raises(TypeError, match="`n` of `f` must be a positive integer. Rec"):
        arguments.check_count(value, "n", "f")


def test_counts_have_a_least_value():
    assert arguments.check_count(0, "workers", "Data", least=0) == 0
    with pytest.raises(ValueError, match="an integer of at least 0. .*workers=-1"):
        arguments.check_count(-1, "workers", "Data", least=0)


def test_the_batch_size_is_32_unless_it_is_given():
    assert arguments.check_batch_size(None) == 32
    assert arguments.check_batch_size(5) == 5


@pytest.mark.parametrize("value", [0, -4])
def test_a_batch_has_samples(value):
    message = f"`batch_size` of `fit` must be a positive integer.*batch_size={value}"
    with pytest.raises(ValueError, match=message):
        arguments.check_batch_size(value)


def test_a_fractional_batch_size_names_the_argument_it_was_given_as():
    with pytest.raises(TypeError, match="`validation_batch_size` of `fit`.*2.5"):
        arguments.check_batch_size(2.5, "fit", "validation_batch_size")


@pytest.mark.parametrize(
    ("caller", "name"), [("fit", "steps_per_epoch"), ("predict", "steps")]
)
def test_steps_are_named_as_the_caller_names_them(caller, name):
    assert arguments.check_steps(None, caller) is None
    assert arguments.check_steps(3, caller) == 3
    with pytest.raises(ValueError, match=f"`{name}` of `{caller}` must be.*{name}=-1"):
        arguments.check_steps(-1, caller)


@pytest.mark.parametrize("value", [1.0, 1.5, -0.1, 0, float("nan"), float("inf")])
def test_a_validation_split_is_a_fraction(value):
    with pytest.raises(ValueError, match="greater than 0 and less than 1. Received: v"):
        arguments.check_validation_split(value)


@pytest.mark.parametrize("value", ["0.2", True, None, [0.5]])
def test_a_validation_split_is_a_number(value):
    with pytest.raises(TypeError, match="`validation_split` of `fit` must be a number"):
        arguments.check_validation_split(value)


def test_a_validation_split_may_be_a_numpy_number():
    assert arguments.check_validation_split(np.float32(0.25)) == 0.25


def test_a_seed_decides_and_a_generator_is_kept(rng):
    first = arguments.make_rng(np.int64(3)).permutation(9)
    assert (first == np.random.default_rng(3).permutation(9)).all()
    assert arguments.make_rng(rng) is rng


def test_without_a_seed_the_global_state_decides():
    np.random.seed(7)
    first = arguments.make_rng(None).permutation(50)
    second = arguments.make_rng(None).permutation(50)
    np.random.seed(7)
    assert (arguments.make_rng(None).permutation(50) == first).all()
    assert (first != second).any()


@pytest.mark.parametrize("seed", [1.5, "a", True])
def test_a_seed_is_an_integer(seed):
    with pytest.raises(TypeError, match="`seed` of a shuffle must be an integer"):
        arguments.make_rng(seed)


def test_a_seed_is_not_negative():
    with pytest.raises(ValueError, match="`seed` of a shuffle must not be negative"):
        arguments.make_rng(-1)
