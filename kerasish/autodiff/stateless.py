"""StatelessScope: run code that reads and assigns variables as a pure function."""

from collections.abc import Iterator
from typing import Any

from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.mode import mode
from kerasish.autodiff.tensor import Tensor
from kerasish.core.errors import ArgumentError

__all__ = ["StatelessScope"]


class StatelessScope:
    """Inside the scope variables have other values, and assignments stay in it.

    Args:
        state_mapping: Pairs `(variable, value)` of the values to start from.
        collect_losses: Whether `add_loss` collects in the scope.
        initialize_variables: Accepted as Keras does; variables made inside the scope
            are initialised at once.

    Raises:
        ArgumentError: If a value does not fit its variable.

    Example:
        >>> v = keras.Variable(1.0, name="v")
        >>> with StatelessScope([(v, 5.0)]) as scope:
        ...     _ = v.assign_add(1.0)
        ...     float(v)
        6.0
        >>> float(v), float(scope.get_current_value(v))
        (1.0, 6.0)
    """

    def __init__(
        self,
        state_mapping: Any = None,
        collect_losses: bool = False,
        initialize_variables: bool = True,
    ) -> None:
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.losses: list[Any] = []
        self._values: dict[int, Tensor] = {}
        self._variables: list[Any] = []
        for variable, value in state_mapping or ():
            value = as_tensor(value, variable.dtype)
            if value.shape != variable.shape:
                raise ArgumentError(
                    f"The value of {variable.path!r} in a `StatelessScope` must have "
                    f"the variable's shape {variable.shape}. Received: {value.shape}"
                )
            self.add_update((variable, value))

    def __enter__(self) -> "StatelessScope":
        self._mode = mode(stateless=self)
        self._mode.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._mode.__exit__(*error)

    def __iter__(self) -> Iterator[Any]:
        """Yields the variables that have a value in the scope."""
        return iter(self._variables)

    def add_loss(self, loss: Any) -> None:
        """Collects a loss."""
        self.losses.append(loss)

    def add_update(self, update: Any) -> None:
        """Gives a variable a value inside the scope: `(variable, value)`."""
        variable, value = update
        if id(variable) not in self._values:
            self._variables.append(variable)  # keeps the id taken
        self._values[id(variable)] = value

    def get_current_value(self, variable: Any) -> Any:
        """Returns the value of a variable in the scope, or None if it has none."""
        return self._values.get(id(variable))
