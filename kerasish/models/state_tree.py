"""StateTree: all that a model holds as nested dicts, by the paths of variables."""

from collections.abc import Iterator
from typing import Any

from kerasish.core.errors import ArgumentError, suggest

__all__ = ["StateTree"]

_GROUPS = (
    "trainable_variables",
    "non_trainable_variables",
    "optimizer_variables",
    "metrics_variables",
)
_FORMATS = ("backend_tensor", "numpy_array")


class StateTree:
    """The state of a model, of its optimizer and metrics, taken out and put back."""

    name: str

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """Returns the values of all variables, nested by the parts of their paths.

        Args:
            value_format: "backend_tensor", or "numpy_array" for NumPy arrays.

        Returns:
            Dict with the entries `trainable_variables`, `non_trainable_variables`,
            `optimizer_variables` and `metrics_variables`.

        Raises:
            ArgumentError: If the format is unknown, or two variables have one path.

        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            >>> state = model.get_state_tree("numpy_array")["trainable_variables"]
            >>> state[model.name][model.layers[0].name]["bias"].tolist()
            [0.0]
        """
        if value_format not in _FORMATS:
            raise ArgumentError(
                f"`value_format` of `get_state_tree` must be one of {_FORMATS}. "
                f"Received: value_format={value_format!r}"
            )
        as_numpy = value_format == "numpy_array"
        return {
            group: self._nested(variables, as_numpy)
            for group, variables in self._state_groups().items()
        }

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Assigns values to variables; those that are not named keep theirs.

        Args:
            state_tree: What `get_state_tree` returned, or parts of it.

        Raises:
            ArgumentError: If it names a variable that the model does not have.
            ShapeError: If a value has another shape than its variable.
        """
        groups = self._state_groups()
        changes = []
        for group, nested in state_tree.items():
            if group not in groups:
                raise ArgumentError(
                    f"`state_tree` must have the entries {_GROUPS}. "
                    f"Received: {group!r}.{suggest(group, _GROUPS)}"
                )
            known = {v.path: v for v in groups[group]}
            for path, value in _paths(nested):
                if path not in known:
                    raise ArgumentError(
                        f"Model {self.name!r} has no variable {path!r} among its "
                        f"`{group}`.{suggest(path, known)}"
                    )
                changes.append((known[path], value))
        for variable, value in changes:
            variable.assign(value)

    def _state_groups(self) -> dict[str, list[Any]]:
        optimizer = getattr(self, "optimizer", None)
        found = {group: list(getattr(self, group, ())) for group in _GROUPS}
        found["optimizer_variables"] = [] if optimizer is None else optimizer.variables
        return found

    def _nested(self, variables: list[Any], as_numpy: bool) -> dict[str, Any]:
        nested: dict[str, Any] = {}
        for variable in variables:
            *scopes, name = variable.path.split("/")
            inner = nested
            for scope in scopes:
                inner = inner.setdefault(scope, {})
            if name in inner:
                raise ArgumentError(
                    f"Two variables of model {self.name!r} have the path "
                    f"{variable.path!r}. Give the layers different names."
                )
            value = variable.value
            inner[name] = value.numpy().copy() if as_numpy else value
        return nested


def _paths(nested: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in nested.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", value
