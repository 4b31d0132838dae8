"""The combinations of a search space: random ones, all in turn, those that were tried.

A hyperparameter under a condition takes part only where the condition holds, so that
two combinations never differ in values that are not in use.
"""

import hashlib
import json
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from kerasish.tuner.conditions import Value
from kerasish.tuner.hyperparameter import HyperParameter
from kerasish.tuner.trial import Trial

__all__ = [
    "Tried",
    "Values",
    "active",
    "all_combinations",
    "default_values",
    "most_combinations",
    "next_combination",
    "random_values",
    "values_hash",
]

Space: TypeAlias = Sequence[HyperParameter]
Values: TypeAlias = dict[str, Value]


def active(hp: HyperParameter, values: Mapping[str, Value]) -> bool:
    """Returns whether a hyperparameter is in use.

    Args:
        hp: The hyperparameter.
        values: The values of those defined before it.
    """
    return all(condition.is_active(values) for condition in hp.conditions)


def default_values(space: Space) -> Values:
    """Returns the combination of the defaults.

    Args:
        space: The hyperparameters, parents before children.
    """
    return _complete(space, {})


def random_values(space: Space, generator: random.Random) -> Values:
    """Returns a random combination.

    Args:
        space: The hyperparameters, parents before children.
        generator: Where the random numbers come from.
    """
    values: Values = {}
    for hp in space:
        # A number is drawn for each, in use or not, so that a branch does not change
        # what those after it get.
        probability = generator.random()
        if hp.name not in values and active(hp, values):
            values[hp.name] = hp.prob_to_value(probability)
    return values


def next_combination(
    space: Space, values: Mapping[str, Value], every: bool = False
) -> Values | None:
    """Returns the combination after another one, the last value running fastest.

    Each hyperparameter runs through its values from the default on.

    Args:
        space: The hyperparameters, parents before children.
        values: A combination; what it lacks counts as the default.
        every: bool, whether to run through all values of a range that has no steps
            instead of some that are spread over it.

    Returns:
        The next combination, or None after the last.

    Example:
        >>> from kerasish.tuner.hyperparameter import Boolean
        >>> space = [Boolean("a"), Boolean("b")]
        >>> next_combination(space, {"a": False, "b": True})
        {'a': True, 'b': False}
    """
    whole = _complete(space, values)
    names = list(whole)
    by_name = {hp.name: hp for hp in space if active(hp, whole)}
    for position in reversed(range(len(names))):
        name = names[position]
        options = _options(by_name[name], every)
        following = options.index(whole[name]) + 1 if whole[name] in options else 0
        if following < len(options):
            start = {key: whole[key] for key in names[:position]}
            return _complete(space, start | {name: options[following]})
    return None


def all_combinations(space: Space, every: bool = False) -> Iterator[Values]:
    """Runs through all combinations, the defaults first.

    Args:
        space: The hyperparameters, parents before children.
        every: bool, whether to run through all values of a range that has no steps
            instead of some that are spread over it.

    Example:
        >>> from kerasish.tuner.hyperparameter import Choice
        >>> list(all_combinations([Choice("a", [1, 2], default=2)]))
        [{'a': 2}, {'a': 1}]
    """
    values: Values | None = default_values(space)
    while values is not None:
        yield values
        values = next_combination(space, values, every)


def most_combinations(space: Space) -> int | None:
    """Returns an upper bound of the number of combinations, or None without one.

    Args:
        space: The hyperparameters.
    """
    sizes = [None if hp.all_values is None else len(hp.all_values) for hp in space]
    return None if None in sizes else math.prod(size or 0 for size in sizes)


def values_hash(values: Mapping[str, Value]) -> str:
    """Returns 32 hexadecimal digits that tell combinations apart.

    Args:
        values: The values in use.
    """
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Tried:
    """The combinations that trials have tried.

    A trial answers for every combination that agrees with it in the values it used: if
    its builder never asked for `momentum`, another `momentum` is no other model. A name
    counts as not used only if some trial's builder has asked for it and this one's,
    having run, has not; values may also be read in ways that are not seen.

    Args:
        trials: The trials so far.
        space: The hyperparameters that are searched; other values do not count.

    Example:
        >>> from kerasish.tuner.hyperparameters import HyperParameters
        >>> hp = HyperParameters()
        >>> units = hp.Int("units", 1, 4)
        >>> tried = Tried([Trial(hp, "0")], hp.space)
        >>> {"units": 1} in tried, {"units": 2} in tried
        (True, False)
    """

    def __init__(self, trials: Iterable[Trial], space: Space) -> None:
        trials = list(trials)
        searched = {hp.name for hp in space}
        ever = {name for trial in trials for name in trial.used or ()}
        # Tuples of values, by the names they are of: there are few sets of names.
        self._groups: dict[tuple[str, ...], set[tuple[Value | None, ...]]] = {}
        for trial in trials:
            values = trial.hyperparameters.values
            unused = set() if trial.used is None else ever - set(trial.used)
            names = tuple(sorted(searched & set(values) - unused))
            seen = self._groups.setdefault(names, set())
            seen.add(tuple(values[name] for name in names))

    def __contains__(self, values: Mapping[str, Value]) -> bool:
        return any(
            tuple(values.get(name) for name in names) in seen
            for names, seen in self._groups.items()
        )


def _complete(space: Space, start: Mapping[str, Value]) -> Values:
    """Returns a start with defaults for what it lacks, without what is not in use."""
    values: Values = {}
    for hp in space:
        if hp.name not in values and active(hp, values):
            values[hp.name] = start.get(hp.name, hp.default)
    return values


def _options(hp: HyperParameter, every: bool) -> list[Value]:
    values = (hp.all_values if every else None) or hp.values
    return list(dict.fromkeys([hp.default, *values]))
