"""What belongs to a layer: its variables, its inner layers, and their order.

Nothing is registered when an attribute is set. The attributes are looked through when
somebody asks, in the order they were first set, into lists, tuples and dicts: that is
the order of weights in Keras, and a layer appended to a list or deleted is seen at
once.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasish.autodiff import Variable
from kerasish.autodiff.casting import host_array
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.metrics.metric import Metric
from kerasish.random import SeedGenerator

__all__ = ["Tracking"]

_LEAVES = (str, int, float, bool, type(None))


class Tracking:
    """The variables and inner layers of a layer.

    Subclasses name in `_untracked` the attributes that do not belong to them.
    """

    _untracked: frozenset[str] = frozenset(
        {"_inbound_nodes", "_outbound_nodes", "_arguments"}
    )
    _own_weights: list[Variable]
    _trainable: bool
    name: str

    def _attributes(self, kind: Any) -> Iterator[Any]:
        """Yields the objects of a kind among the attributes, each once."""
        seen: set[int] = set()
        # A copy: another thread, in `fit` say, may set a new attribute meanwhile.
        for name, value in vars(self).copy().items():
            if type(value) in _LEAVES or name in self._untracked:
                continue
            for found in _found(value, kind):
                if id(found) not in seen:
                    seen.add(id(found))
                    yield found

    @property
    def _layers(self) -> list[Any]:
        """The layers that are attributes of this one, in order."""
        return list(self._attributes(Tracking))

    def _flatten_layers(
        self, recursive: bool = True, include_self: bool = True
    ) -> Iterator[Any]:
        """Yields this layer and the layers within, outer ones first, each once."""
        if include_self:
            yield self
        seen = {id(self)}
        stack = self._layers[::-1]
        while stack:
            layer = stack.pop()
            if id(layer) in seen:
                continue
            seen.add(id(layer))
            yield layer
            if recursive:
                stack.extend(layer._layers[::-1])

    @property
    def _own_variables(self) -> list[Variable]:
        """The layer's own weights, trainable ones first as in Keras."""
        own = list(self._attributes(Variable))
        trained = [v for v in own if v.made_trainable]
        return trained + [v for v in own if not v.made_trainable]

    @property
    def _seed_generators(self) -> list[SeedGenerator]:
        return list(self._attributes(SeedGenerator))

    @property
    def _metrics(self) -> list[Any]:
        return list(self._attributes(Metric))

    @property
    def weights(self) -> list[Variable]:
        """All weights, of inner layers too, without seeds and metric states."""
        return _unique(v for x in self._flatten_layers() for v in x._own_variables)

    @property
    def variables(self) -> list[Variable]:
        """All weights and the states of seed generators."""
        return _unique(v for x in self._flatten_layers() for v in x._with_seeds())

    def _with_seeds(self) -> list[Variable]:
        return [*self._own_variables, *(g.state for g in self._seed_generators)]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training leaves, seed states among them."""
        if not self._trainable:
            return self.variables
        return [v for v in self.variables if not v.trainable]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        if not self._trainable:
            return []
        return [v for v in self.weights if v.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves."""
        if not self._trainable:
            return self.weights
        return [v for v in self.weights if not v.trainable]

    @property
    def metrics(self) -> list[Any]:
        """The metrics that are attributes of this layer or of layers within."""
        return _unique(m for x in self._flatten_layers() for m in x._metrics)

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of the metrics."""
        return _unique(v for metric in self.metrics for v in metric.variables)

    @property
    def trainable(self) -> bool:
        """Whether training changes the layer; setting it reaches the layers within."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = bool(value)
        for layer in self._flatten_layers():
            layer._trainable = value
            for v in layer._own_variables:
                if v.made_trainable:
                    v.trainable = value

    def add_variable(
        self,
        shape: Any,
        initializer: Any,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Adds a weight to the layer, as `add_weight` does.

        Args:
            shape: Tuple of sizes.
            initializer: Name or initializer.
            dtype: Dtype name, the layer's variable dtype by default.
            trainable: Whether training changes it.
            autocast: Whether it is read in the compute dtype.
            regularizer: A function of it that is added to the loss.
            constraint: A function applied to it after each training step.
            name: A name without `/`.
        """
        return self.add_weight(  # type: ignore[attr-defined,no-any-return]
            shape=shape,
            initializer=initializer,
            dtype=dtype,
            trainable=trainable,
            autocast=autocast,
            regularizer=regularizer,
            constraint=constraint,
            name=name,
        )

    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        """Refused: metrics belong to `compile`, or are attributes of the layer."""
        raise NotImplementedError(
            f"`add_metric` of `{type(self).__name__}` is gone. Give metrics to "
            "`Model.compile(metrics=[...])`, or make one in `__init__` and call its "
            "`update_state` in `call`."
        )

    def count_params(self) -> int:
        """Returns the number of scalars in the weights."""
        return sum(v.size for v in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        """Returns copies of the weights as NumPy arrays."""
        return [np.array(v.numpy()) for v in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Sets the weights from arrays in the order of `get_weights`.

        Args:
            weights: A list of arrays.

        Raises:
            ArgumentError: If their number is wrong.
            ShapeError: If a shape is wrong; nothing is changed then.
        """
        own = self.weights
        if not isinstance(weights, list | tuple | np.ndarray):
            raise ArgumentTypeError(
                f"`set_weights` of {self.name!r} needs a list of arrays. "
                f"Received: {weights!r:.80} of type {type(weights).__name__}"
            )
        if len(own) != len(weights):
            raise ArgumentError(
                f"`set_weights` of {self.name!r} needs {len(own)} arrays, one for each "
                f"of its weights. Received: {len(weights)} arrays"
            )
        values = [
            self._weight_value(v, value) for v, value in zip(own, weights, strict=True)
        ]
        for v, value in zip(own, values, strict=True):
            if value.shape != v.shape:
                raise ShapeError(
                    f"Weight {v.path!r} of {self.name!r} has the shape {v.shape}. "
                    f"Received: an array of shape {value.shape}"
                )
        for v, value in zip(own, values, strict=True):
            v.assign(value)

    def _weight_value(self, v: Variable, value: Any) -> Any:
        try:
            return host_array(value, v.dtype)
        except (TypeError, ValueError) as error:
            raise ArgumentTypeError(
                f"Weight {v.path!r} of {self.name!r} must be set to an array of "
                f"numbers. Received: {value!r:.80}"
            ) from error


def _found(value: Any, kind: Any) -> Iterator[Any]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            if type(item) not in _LEAVES:
                yield from _found(item, kind)
    elif isinstance(value, dict):
        for item in dict(value).values():
            if type(item) not in _LEAVES:
                yield from _found(item, kind)


def _unique(items: Any) -> list[Any]:
    return list({id(item): item for item in items}.values())
