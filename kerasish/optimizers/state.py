"""OptimizerState: the variables of an optimizer, and how they are saved."""

from typing import Any

from kerasish import ops
from kerasish.autodiff import Variable
from kerasish.core.errors import ArgumentError, ModelFileError
from kerasish.core.naming import name_scope

__all__ = ["OptimizerState"]


class OptimizerState:
    """The part of `Optimizer` that holds the step count, the rate and the slots.

    Example:
        >>> state = keras.optimizers.SGD(0.5, momentum=0.9)
        >>> state.build([keras.Variable([1.0, 2.0], name="w")])
        >>> [v.name for v in state.variables]
        ['iteration', 'learning_rate', 'w_momentum']
    """

    name: str
    _variables: list[Variable]
    _trainable_variables: list[Variable]
    _places: dict[int, int]

    @property
    def variables(self) -> list[Variable]:
        """The step count, the learning rate and all slots."""
        return list(self._variables)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_places": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._places = {id(v): i for i, v in enumerate(self._trainable_variables)}

    def _add(self, value: Any, dtype: str, name: str) -> Variable:
        with name_scope(self.name):
            variable = Variable(
                value,
                dtype=dtype,
                trainable=False,
                autocast=False,
                aggregation="only_first_replica",
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Adds a variable to the state.

        Args:
            shape: Tuple of sizes.
            initializer: "zeros", "ones", or a function `(shape, dtype)`.
            dtype: Dtype name.
            aggregation: Accepted as Keras does.
            layout: Must be None.
            name: A name without `/`.
        """
        make = {"zeros": ops.zeros, "ones": ops.ones}.get(initializer, initializer)
        with name_scope(self.name):
            variable = Variable(
                make,
                shape=shape,
                dtype=dtype,
                trainable=False,
                autocast=False,
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self,
        reference_variable: Any,
        name: str | None = None,
        initializer: Any = "zeros",
    ) -> Variable:
        """Adds a slot of the shape and dtype of a weight.

        Args:
            reference_variable: The weight.
            name: What the slot is called after the weight's name.
            initializer: "zeros", "ones", or a function `(shape, dtype)`.
        """
        path = getattr(reference_variable, "path", reference_variable.name)
        return self.add_variable(
            reference_variable.shape,
            initializer,
            reference_variable._tensor.dtype,
            name=f"{path.replace('/', '_')}_{name or 'var'}",
        )

    def add_optimizer_variables(
        self, trainable_variables: Any, name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Adds slots for weights: one, or several side by side, for each.

        Args:
            trainable_variables: The weights.
            name: The slot's name, or a list of names.
            initializer: "zeros", "ones" or a function, or a list of these.

        Returns:
            A list of slots, or a tuple of such lists.
        """
        names = [name] if isinstance(name, str) else list(name)
        if not isinstance(initializer, list | tuple):
            initializer = [initializer] * len(names)
        slots: tuple[list[Variable], ...] = tuple([] for _ in names)
        for v in trainable_variables:
            for held, one, make in zip(slots, names, initializer, strict=True):
                held.append(self.add_variable_from_reference(v, one, make))
        return slots[0] if isinstance(name, str) else slots

    def assign(self, variable: Any, value: Any) -> None:
        """Sets a variable."""
        variable.assign(ops.cast(value, variable.dtype))

    def assign_add(self, variable: Any, value: Any) -> None:
        """Adds to a variable."""
        variable.assign(ops.add(variable.value, ops.cast(value, variable.dtype)))

    def assign_sub(self, variable: Any, value: Any) -> None:
        """Subtracts from a variable."""
        variable.assign(ops.subtract(variable.value, ops.cast(value, variable.dtype)))

    def set_weights(self, weights: Any) -> None:
        """Sets the variables from arrays in their order.

        Args:
            weights: A list of arrays.
        """
        own = self.variables
        if len(weights) != len(own):
            raise ArgumentError(
                f"`set_weights` of an optimizer needs {len(own)} arrays. "
                f"Received: {len(weights)}"
            )
        for v, value in zip(own, weights, strict=True):
            v.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Writes the variables into a mapping of arrays.

        Args:
            store: A mapping; the keys are `"0"`, `"1"`, ...
        """
        for i, v in enumerate(self.variables):
            store[f"{i}"] = v

    def load_own_variables(self, store: Any) -> None:
        """Reads the variables from a mapping of arrays.

        Args:
            store: What `save_own_variables` wrote.

        Raises:
            ModelFileError: If their number is another.
        """
        own = self.variables
        if len(store.keys()) != len(own):
            raise ModelFileError(
                f"Optimizer {self.name!r} has {len(own)} variables, but "
                f"{len(store.keys())} were saved for it."
            )
        for i, v in enumerate(own):
            v.assign(store[f"{i}"])
