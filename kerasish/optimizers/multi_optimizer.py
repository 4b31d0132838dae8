"""MultiOptimizer: several optimizers, each for some of the weights."""

import re
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, Self

from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.core.registry import (
    Serializable,
    deserialize_keras_object,
    serialize_keras_object,
)
from kerasish.optimizers.loss_scale import LossScaleOptimizer
from kerasish.optimizers.optimizer import Optimizer

__all__ = ["MultiOptimizer", "OptimizerMap"]


class OptimizerMap(MutableMapping[str, Optimizer], Serializable):
    """Optimizers by regular expressions that the whole path of a weight must match.

    Looking up a path gives the optimizer of the expression that is equal to it or
    matches it, else the default.

    Args:
        default_optimizer: The optimizer of all other weights.
        optimizer_map: Dict from expressions to optimizers.

    Raises:
        ArgumentTypeError: If something else than an optimizer is given.
        ArgumentError: If an expression is wrong or there already.

    Example:
        >>> chosen = OptimizerMap(
        ...     keras.optimizers.SGD(name="rest"),
        ...     {"encoder/.*": keras.optimizers.Adam(name="first")},
        ... )
        >>> chosen["encoder/dense/kernel"].name, chosen["head/kernel"].name
        ('first', 'rest')
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Any] | None = None
    ) -> None:
        self._default = _checked("default_optimizer", default_optimizer)
        self._map: dict[str, Optimizer] = {}
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise ArgumentTypeError(
                "`optimizer_map` of `OptimizerMap` must be a dict from regular "
                f"expressions to optimizers. Received: {optimizer_map!r}"
            )
        for pattern, optimizer in (optimizer_map or {}).items():
            self[pattern] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """The optimizer of the weights that no expression matches."""
        return self._default

    def __setitem__(self, key: str, value: Optimizer) -> None:
        try:
            re.compile(key)
        except (TypeError, re.error) as error:
            raise ArgumentError(
                f"Keys of `OptimizerMap` must be regular expressions. Received: {key!r}"
            ) from error
        if key in self._map:
            raise ArgumentError(
                f"`OptimizerMap` already has an optimizer for {key!r}: "
                f"{self._map[key]!r}. Delete it first."
            )
        self._map[key] = _checked("optimizer_map", value)

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._map:
            return self._map[key]
        found = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(found) > 1:
            raise ArgumentError(
                f"Several expressions of `OptimizerMap` match {key!r}: {found}."
            )
        return self._map[found[0]] if found else self._default

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "default_optimizer": serialize_keras_object(self._default),
            "optimizer_map": {k: serialize_keras_object(v) for k, v in self.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a map from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        default = deserialize_keras_object(config["default_optimizer"], custom_objects)
        optimizers = {
            pattern: deserialize_keras_object(optimizer, custom_objects)
            for pattern, optimizer in config["optimizer_map"].items()
        }
        return cls(default, optimizers)


class MultiOptimizer(Optimizer):
    """Gives each weight to one of several optimizers.

    It has no learning rate: set those of its `optimizers`.

    Args:
        optimizer_map: An `OptimizerMap`, or a function from a weight to an optimizer.
        loss_scale_factor: The loss is multiplied, and gradients divided, by it; it
            takes the place of those of the optimizers.
        name: A name, made up if None.

    Raises:
        ArgumentTypeError: If `optimizer_map` is neither.

    Example:
        >>> chosen = OptimizerMap(keras.optimizers.SGD())
        >>> chosen[".*/bias"] = keras.optimizers.Adam()
        >>> len(MultiOptimizer(chosen).optimizers)
        2
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Any], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        if not isinstance(optimizer_map, OptimizerMap) and not callable(optimizer_map):
            raise ArgumentTypeError(
                "`optimizer_map` of `MultiOptimizer` must be an `OptimizerMap` or a "
                f"function from a weight to an optimizer. Received: {optimizer_map!r}"
            )
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._map = optimizer_map
        self._chosen: list[Optimizer] = []  # of each weight

    @property
    def optimizers(self) -> list[Optimizer]:
        """Each optimizer once; those of a function only when weights are known."""
        given = list(self._chosen)
        if isinstance(self._map, OptimizerMap):
            given = [*self._map.values(), self._map.default_optimizer]
        return list({id(optimizer): optimizer for optimizer in given}.values())

    @property
    def variables(self) -> list[Any]:
        """The step count and the variables of all optimizers."""
        return [*self._variables, *(v for o in self.optimizers for v in o.variables)]

    @property
    def learning_rate(self) -> Any:
        """Is not there: each optimizer has its own."""
        raise AttributeError(
            "A `MultiOptimizer` has no learning rate: read those of its `optimizers`."
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "A `MultiOptimizer` has no learning rate: set those of its `optimizers`."
        )

    def build(self, variables: Any) -> None:
        """Shares out the weights and makes the optimizers' slots."""
        if self.built:
            return
        variables = list(variables)
        chosen = [self._choose(v) for v in variables]
        super().build(variables)
        self._chosen = chosen
        for optimizer in self.optimizers:
            optimizer.loss_scale_factor = None  # this one divides the gradients
            pairs = zip(variables, chosen, strict=True)
            optimizer.build([v for v, o in pairs if o is optimizer])
        self._share_exclusions()

    def _choose(self, variable: Any) -> Optimizer:
        if isinstance(self._map, OptimizerMap):
            return self._map[variable.path]
        return _checked(f"optimizer_map({variable.path!r})", self._map(variable))

    def _step(self, grads: list[Any], variables: list[Any]) -> None:
        if self.loss_scale_factor is not None:
            grads = [g / self.loss_scale_factor for g in grads]
        shares: dict[int, list[Any]] = {}
        for g, v in zip(grads, variables, strict=True):
            chosen = self._chosen[self._get_variable_index(v)]
            shares.setdefault(id(chosen), []).append((g, v))
        for optimizer in self.optimizers:
            if id(optimizer) in shares:
                optimizer.apply_gradients(shares[id(optimizer)])
        self._iterations.assign_add(1)

    def exclude_from_weight_decay(
        self, var_list: Any = None, var_names: Any = None
    ) -> None:
        """Leaves weights out of the weight decay of all optimizers.

        Args:
            var_list: The weights.
            var_names: Parts of the names of weights.
        """
        super().exclude_from_weight_decay(var_list, var_names)
        self._share_exclusions()

    def _share_exclusions(self) -> None:
        for optimizer in self.optimizers:
            optimizer._undecayed += self._undecayed
            held = [*optimizer._undecayed_names, *self._undecayed_names]
            optimizer._undecayed_names = list(dict.fromkeys(held))

    def finalize_variable_values(self, var_list: Any) -> None:
        """Lets each optimizer set its weights to their averages."""
        for optimizer in self.optimizers:
            optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "optimizer_map": serialize_keras_object(self._map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes an optimizer from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Classes and functions by name.
        """
        chosen = deserialize_keras_object(config["optimizer_map"], custom_objects)
        return cls(**{**config, "optimizer_map": chosen})


def _checked(what: str, optimizer: Any) -> Optimizer:
    if not isinstance(optimizer, Optimizer) or isinstance(
        optimizer, LossScaleOptimizer
    ):
        raise ArgumentTypeError(
            f"`{what}` must be an optimizer, and none that scales the loss; "
            "`LossScaleOptimizer(MultiOptimizer(...))` scales it for all. "
            f"Received: {optimizer!r}"
        )
    return optimizer
