"""Calling a layer as a pure function of its variables."""

from typing import Any

from kerasish.autodiff import StatelessScope
from kerasish.core.errors import ArgumentError, StateError

__all__ = ["StatelessCalls"]


class StatelessCalls:
    """`stateless_call`, as Keras has it."""

    name: str
    built: bool

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Calls the layer with other values for its variables, changing none.

        Args:
            trainable_variables: Values for `layer.trainable_variables`, in order.
            non_trainable_variables: Values for `layer.non_trainable_variables`.
            *args: Arguments of the call.
            return_losses: Whether the losses are returned too.
            **kwargs: Arguments of the call.

        Returns:
            The outputs and the new values of the non-trainable variables, and the
            losses if asked for.

        Raises:
            StateError: If the layer is not built.
            ArgumentError: If the number of values is wrong.
        """
        if not self.built:
            raise StateError(
                f"To call `stateless_call`, {type(self).__name__} {self.name!r} must "
                "be built: call it on data or use `build`."
            )
        trainable = _pairs(self, "trainable_variables", trainable_variables)
        others = _pairs(self, "non_trainable_variables", non_trainable_variables)
        with StatelessScope([*trainable, *others], collect_losses=True) as scope:
            outputs = self(*args, **kwargs)  # type: ignore[operator]
            losses = [*scope.losses, *self.losses] if return_losses else []  # type: ignore[attr-defined]
        updated = [scope.get_current_value(v) for v, _ in others]
        return (outputs, updated, losses) if return_losses else (outputs, updated)


def _pairs(layer: Any, what: str, values: Any) -> list[Any]:
    own = getattr(layer, what)
    values = list(values)
    if len(own) != len(values):
        raise ArgumentError(
            f"`{what}` of {layer.name!r} must hold {len(own)} values. "
            f"Received: {len(values)}"
        )
    return list(zip(own, values, strict=True))
