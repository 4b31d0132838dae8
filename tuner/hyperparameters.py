"""The search space of a model and the values of one trial, in one container."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kerasish.core.errors import (
    ArgumentError,
    ArgumentTypeError,
    SerializationError,
    suggest,
)
from kerasish.tuner.conditions import Condition, Parent, Value
from kerasish.tuner.definitions import Definitions
from kerasish.tuner.errors import FatalValueError
from kerasish.tuner.hyperparameter import Boolean, Choice, Fixed, HyperParameter
from kerasish.tuner.numerical import Float, Int

__all__ = ["HyperParameters"]

KINDS: dict[str, type[HyperParameter]] = {
    kind.__name__: kind for kind in (Boolean, Choice, Fixed, Float, Int)
}


class HyperParameters(Definitions):
    """The hyperparameters that a model builder asks for, and their values.

    A builder calls `hp.Int`, `hp.Float`, `hp.Choice`, `hp.Boolean` and `hp.Fixed`.
    Each call defines a hyperparameter where it was not yet known, and returns its
    value in this trial. The space is thus found by running the builder.

    A name stands for one hyperparameter: asking for it again with another range is an
    error, unless the range was given beforehand, in the argument `hyperparameters` of a
    tuner, in which case the given one rules.

    Example:
        >>> hp = HyperParameters()
        >>> hp.Int("units", 32, 128, step=32), hp.Choice("activation", ["relu", "tanh"])
        (32, 'relu')
        >>> hp.values
        {'units': 32, 'activation': 'relu'}
    """

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        # Names whose range was given beforehand and rules over a builder's.
        self.given: set[str] = set()
        # Names whose value was asked for.
        self.used: set[str] = set()
        # Conditions of the scopes that were opened, by whether they held.
        self.active_scopes: list[list[Condition]] = []
        self.inactive_scopes: list[list[Condition]] = []
        self._space: list[HyperParameter] = []
        self._name_scopes: list[str] = []
        self._conditions: list[Condition] = []

    @property
    def space(self) -> list[HyperParameter]:
        """The hyperparameters, in the order in which they were defined."""
        return list(self._space)

    @contextmanager
    def name_scope(self, name: str) -> Iterator[None]:
        """Puts `name/` in front of every name that is used inside.

        Args:
            name: str, the scope.

        Raises:
            ArgumentTypeError: If `name` is not a non-empty string.

        Example:
            >>> hp = HyperParameters()
            >>> with hp.name_scope("encoder"):
            ...     units = hp.Int("units", 1, 8)
            >>> hp.get("encoder/units")
            1
        """
        if not isinstance(name, str) or not name:
            raise ArgumentTypeError(
                f"`name` of `name_scope` must be a non-empty string. "
                f"Received: name={name!r}"
            )
        self._name_scopes.append(name)
        try:
            yield
        finally:
            self._name_scopes.pop()

    @contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        """Makes what is defined inside depend on the value of another one.

        The code inside always runs; under other values of the parent it gets defaults
        that count for nothing.

        Args:
            parent_name: str, a hyperparameter that is already defined.
            parent_values: One value or a list of values of it.

        Raises:
            ArgumentError: If the parent is not defined.

        Example:
            >>> hp = HyperParameters()
            >>> if hp.Choice("optimizer", ["adam", "sgd"]) == "sgd":
            ...     print("not in this trial")
            >>> with hp.conditional_scope("optimizer", ["sgd"]):
            ...     momentum = hp.Float("momentum", 0.0, 0.9)
            >>> hp.values
            {'optimizer': 'adam'}
        """
        self._conditions.append(self._parent(parent_name, parent_values))
        scopes = self.active_scopes
        if not self._all_hold(self._conditions):
            scopes = self.inactive_scopes
        scopes.append(list(self._conditions))
        try:
            yield
        finally:
            self._conditions.pop()

    def get(self, name: str) -> Any:
        """Returns the value of a hyperparameter.

        Args:
            name: str, its name.

        Raises:
            ArgumentError: If it is defined but not in use in this trial.
            KeyError: If it is not defined.
        """
        scoped = self._scoped(name)
        if scoped in self.values:
            self.used.add(scoped)
            return self.values[scoped]
        known = {hp.name for hp in self._space}
        if scoped in known:
            raise ArgumentError(
                f"Hyperparameter {scoped!r} is currently inactive: its parent has "
                "another value in this trial."
            )
        raise KeyError(
            f"Hyperparameter {scoped!r} does not exist.{suggest(scoped, known)} "
            f"Known: {', '.join(sorted(known)) or 'none'}."
        )

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._scoped(name) in self.values

    def is_active(self, hyperparameter: str | HyperParameter) -> bool:
        """Returns whether a hyperparameter is in use under the current values.

        Args:
            hyperparameter: A hyperparameter or its name.
        """
        if isinstance(hyperparameter, str):
            name = self._scoped(hyperparameter)
            found = [hp for hp in self._space if hp.name == name]
            return any(self._all_hold(hp.conditions) for hp in found)
        return self._all_hold(hyperparameter.conditions)

    def ensure_active_values(self) -> None:
        """Gives what came into use its default and drops what fell out of use."""
        kept: dict[str, Value] = {}
        before = self.values
        self.values = kept
        for hp in self._space:
            if hp.name not in kept and self._all_hold(hp.conditions):
                kept[hp.name] = before.get(hp.name, hp.default)
        # What is not in the space was put there by hand.
        names = {hp.name for hp in self._space}
        kept.update({k: v for k, v in before.items() if k not in names})

    def merge(
        self,
        hps: "HyperParameters | Iterable[HyperParameter]",
        overwrite: bool = True,
    ) -> None:
        """Takes over the hyperparameters of another container or of a list.

        Args:
            hps: A `HyperParameters` or a list of hyperparameters.
            overwrite: bool, whether ranges and values that differ are replaced.
        """
        values: dict[str, Value] = {}
        if isinstance(hps, HyperParameters):
            values = hps.values
            hps = hps.space
        for hp in hps:
            existing = self._find(hp)
            if existing is None:
                self._space.append(hp)
            elif overwrite:
                self._space[self._space.index(existing)] = hp
                self.values.pop(hp.name, None)
        self.values = {**self.values, **values} if overwrite else self.values
        self.ensure_active_values()

    def copy(self) -> "HyperParameters":
        """Returns a container with the same space and values that changes alone."""
        made = HyperParameters()
        made._space = list(self._space)
        made.values = dict(self.values)
        made.given = set(self.given)
        return made

    def get_config(self) -> dict[str, Any]:
        """Returns the space and the values as JSON."""
        return {
            "space": [
                {"class_name": type(hp).__name__, "config": hp.get_config()}
                for hp in self._space
            ],
            "values": dict(self.values),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "HyperParameters":
        """Makes a container from its config. Its ranges rule over a builder's.

        Args:
            config: What `get_config` returned.

        Raises:
            SerializationError: If a hyperparameter is of an unknown class or damaged.
        """
        made = cls()
        try:
            for item in config["space"]:
                kind = KINDS.get(item["class_name"])
                if kind is None:
                    raise SerializationError(
                        f"Unknown class of hyperparameter: {item['class_name']!r}. "
                        f"Known: {', '.join(KINDS)}."
                    )
                made._space.append(kind.from_config(item["config"]))
            made.values = dict(config["values"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SerializationError(
                f"The config of these hyperparameters is damaged: {error!r}"
            ) from error
        made.given = {hp.name for hp in made._space}
        return made

    def _scoped(self, name: str) -> str:
        if not isinstance(name, str) or not name:
            raise ArgumentTypeError(
                f"The name of a hyperparameter must be a non-empty string. "
                f"Received: name={name!r}"
            )
        return "/".join([*self._name_scopes, name])

    def _parent(self, name: str, values: Any) -> Parent:
        known = {hp.name for hp in self._space}
        scoped = self._scoped(name)
        if scoped not in known and name not in known:
            raise ArgumentError(
                f"The parent {name!r} is not defined: define it before what depends "
                f"on it.{suggest(name, known)} "
                f"Known: {', '.join(sorted(known)) or 'none'}."
            )
        if values is None:
            raise ArgumentError(
                f"`parent_values` must be given with `parent_name={name!r}`."
            )
        return Parent(scoped if scoped in known else name, values)

    def _all_hold(self, conditions: Iterable[Condition]) -> bool:
        return all(condition.is_active(self.values) for condition in conditions)

    def _find(self, hp: HyperParameter) -> HyperParameter | None:
        for known in self._space:
            if known.name == hp.name and known.conditions == hp.conditions:
                return known
        return None

    def _retrieve(
        self, hp: HyperParameter, parent_name: str | None, parent_values: Any
    ) -> Any:
        hp.conditions = list(self._conditions)
        if parent_name is not None:
            hp.conditions.append(self._parent(parent_name, parent_values))
        if hp.name in self.given and any(h.name == hp.name for h in self._space):
            if hp.name in self.values:
                self.used.add(hp.name)
            return self.values.get(hp.name, hp.default)
        active = self._all_hold(hp.conditions)
        self._check_conflict(hp, active)
        if self._find(hp) is None:
            self._space.append(hp)
        if not active:
            return hp.default
        self.used.add(hp.name)
        return self.values.setdefault(hp.name, hp.default)

    def _check_conflict(self, hp: HyperParameter, active: bool) -> None:
        """Refuses a name that stands for two ranges under the same conditions."""
        for other in self._space:
            if other.name != hp.name:
                continue
            together = active and self._all_hold(other.conditions)
            same = other.conditions == hp.conditions
            if (together or same) and other.range_config() != hp.range_config():
                raise FatalValueError(
                    f"Hyperparameter {hp.name!r} is defined twice with different "
                    f"ranges: {other!r} and {hp!r}. Give each its own name; if the "
                    "range was changed since an earlier search, pass "
                    "`overwrite=True` or another `project_name`."
                )
