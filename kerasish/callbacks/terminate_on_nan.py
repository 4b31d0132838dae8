"""Stop training as soon as the loss is no longer a number."""

import math

from kerasish.callbacks.callback import Callback, Logs
from kerasish.callbacks.terminal import write_line
from kerasish.core.errors import StateError

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """Stops training at the first batch whose loss is NaN or infinite.

    It reads the loss after every batch, which makes each step wait for its result.

    Args:
        raise_error: bool, whether to raise a `RuntimeError` instead of stopping with
            a message.

    Raises:
        StateError: In training, if `raise_error` is set and the loss is not finite.

    Example:
        >>> from types import SimpleNamespace
        >>> callback = TerminateOnNaN()
        >>> callback.set_model(SimpleNamespace(stop_training=False))
        >>> callback.on_batch_end(4, {"loss": float("nan")})
        Batch 4: the loss is nan, terminating training
        >>> callback.model.stop_training
        True
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Looks at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise StateError(
                f"The loss is {loss} at batch {batch}, counted from 0. A smaller "
                "learning rate, `clipnorm` of the optimizer or a look at the data for "
                "NaN may help."
            )
        write_line(f"Batch {batch}: the loss is {loss}, terminating training")
        self.model.stop_training = True
