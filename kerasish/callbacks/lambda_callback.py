"""A callback made of functions."""

from collections.abc import Callable
from typing import Any

from kerasish.callbacks.callback import ALIASES, HOOKS, Callback
from kerasish.core.errors import ArgumentTypeError, suggest

__all__ = ["LambdaCallback"]

NAMES = (*HOOKS, *ALIASES.values(), "on_abort")


class LambdaCallback(Callback):
    """Calls given functions at given moments.

    Args:
        on_epoch_begin: A function of `(epoch, logs)`.
        on_epoch_end: A function of `(epoch, logs)`.
        on_train_begin: A function of `(logs)`.
        on_train_end: A function of `(logs)`.
        on_train_batch_begin: A function of `(batch, logs)`.
        on_train_batch_end: A function of `(batch, logs)`.
        **kwargs: Any other hook of `Callback` by its name.

    Raises:
        ArgumentTypeError: If there is no hook of that name or it is not a function.

    Example:
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs))
        >>> callback.on_epoch_end(0, {"loss": 0.5})
        {'loss': 0.5}
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for name, function in hooks.items():
            if function is not None:
                setattr(self, name, _check_hook(name, function))


def _check_hook(name: str, function: Any) -> Any:
    if name not in NAMES:
        raise ArgumentTypeError(
            f"`LambdaCallback` has no hook {name!r}.{suggest(name, NAMES)} "
            f"Known: {', '.join(NAMES)}."
        )
    if not callable(function):
        raise ArgumentTypeError(
            f"`{name}` of `LambdaCallback` must be a function. "
            f"Received: {name}={function!r}"
        )
    return function
