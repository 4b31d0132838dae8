"""Metric: a number that is accumulated over batches."""

from collections.abc import Iterator
from functools import wraps
from typing import Any

from kerasish import initializers, ops
from kerasish.autodiff import StatelessScope, Variable
from kerasish.autodiff.mode import current as current_mode
from kerasish.core import config, dtype_policies
from kerasish.core.errors import ArgumentError
from kerasish.core.naming import auto_name, name_scope
from kerasish.core.registry import Serializable

__all__ = ["Metric"]


class Metric(Serializable):
    """The base class of all metrics.

    A subclass makes its variables in `__init__` with `add_variable`, changes them in
    `update_state(y_true, y_pred, sample_weight=None)` and computes its value from
    them in `result()`.

    Args:
        dtype: A dtype name or policy for the variables and the result,
            `config.floatx()` by default.
        name: The name in logs, made up if None.

    The attribute `direction` is "min" or "max" if lower or higher values are better,
    else None.

    Example:
        >>> class Count(Metric):
        ...     def __init__(self, **kwargs):
        ...         super().__init__(**kwargs)
        ...         self.count = self.add_variable((), "zeros", name="count")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.count.assign_add(len(y_true))
        ...     def result(self):
        ...         return self.count.value
        >>> float(Count()([1, 2], [1, 2]))
        2.0
    """

    direction: str | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "result" in vars(cls):
            cls.result = _deferrable(cls.result)  # type: ignore[method-assign]

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        # Not the policy of layers: half precision does not count past 2048.
        self.dtype_policy = dtype_policies.get(dtype or config.floatx())
        self._variables: list[Variable] = []

    @property
    def dtype(self) -> str:
        """The dtype of the variables and the result."""
        return self.dtype_policy.compute_dtype

    @property
    def variables(self) -> list[Variable]:
        """The variables, those of metrics that are attributes among them."""
        inner = (v for metric in self._inner() for v in metric.variables)
        return [*self._variables, *inner]

    def _inner(self) -> Iterator["Metric"]:
        for value in vars(self).copy().values():
            items = value if isinstance(value, list | tuple) else (value,)
            yield from (item for item in items if isinstance(item, Metric))

    def add_variable(
        self,
        shape: Any,
        initializer: Any = None,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Adds a variable to the state.

        Args:
            shape: Tuple of sizes.
            initializer: Name or initializer, "zeros" by default.
            dtype: Dtype name, the metric's by default.
            aggregation: How replicas would combine.
            name: A name without `/`.

        Returns:
            The variable.
        """
        with name_scope(self.name.replace("/", ">")):
            variable = Variable(
                initializers.get(initializer or "zeros"),
                shape=shape,
                dtype=dtype or self.dtype,
                trainable=False,
                autocast=False,
                aggregation=aggregation,
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Any = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Adds a variable to the state; another name of `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def reset_state(self) -> None:
        """Sets all variables to zero, as at the start of an epoch."""
        for v in self.variables:
            v.assign(_zeros(v))

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Accumulates a batch; subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} has no `update_state`.")

    def result(self) -> Any:
        """Returns the value, a scalar tensor or a dict of them; overridden."""
        raise NotImplementedError(f"{type(self).__name__} has no `result`.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Accumulates a batch and returns the value so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(
        self, metric_variables: Any, *args: Any, **kwargs: Any
    ) -> list[Any]:
        """Returns the variables' values after a batch, changing none.

        Args:
            metric_variables: Values for `metric.variables`.
            *args: Arguments of `update_state`.
            **kwargs: Arguments of `update_state`.
        """
        with StatelessScope(self._pairs(metric_variables)) as scope:
            self.update_state(*args, **kwargs)
        return [scope.get_current_value(v) for v in self.variables]

    def stateless_result(self, metric_variables: Any) -> Any:
        """Returns the result for other values of the variables.

        Args:
            metric_variables: Values for `metric.variables`.
        """
        with StatelessScope(self._pairs(metric_variables)):
            return self.result()

    def stateless_reset_state(self) -> list[Any]:
        """Returns the variables' values at the start, changing none."""
        with StatelessScope() as scope:
            self.reset_state()
        return [scope.get_current_value(v) for v in self.variables]

    def _pairs(self, values: Any) -> list[Any]:
        own, values = self.variables, list(values)
        if len(own) != len(values):
            raise ArgumentError(
                f"`metric_variables` of {self.name!r} must hold {len(own)} values. "
                f"Received: {len(values)}"
            )
        return list(zip(own, values, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {"name": self.name, "dtype": self.dtype}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def _zeros(v: Variable) -> Any:
    return ops.zeros(v.shape, v.dtype)


def _deferrable(result: Any) -> Any:
    """Lets a recorded step return a metric's value that is computed when it is read."""

    @wraps(result)
    def call(self: Metric) -> Any:
        recorder = current_mode().recorder
        if recorder is None:
            return result(self)
        return recorder.defer(self.result)

    return call
