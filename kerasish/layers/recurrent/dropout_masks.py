"""Dropout in recurrent cells: one mask for all steps of a sequence."""

from typing import Any

from kerasish import ops, random
from kerasish.autodiff.symbolic import is_symbolic
from kerasish.core.errors import ArgumentError

__all__ = ["DropoutRNNCell", "checked_rate"]


class _Held:
    """The masks of the sequence that is being computed."""

    def __init__(self) -> None:
        self.of_inputs: Any = None
        self.of_states: Any = None


class DropoutRNNCell:
    """What cells with dropout have in common.

    A mask is drawn when it is first asked for and stays until it is reset, which the
    recurrent layer does after each sequence. A subclass has `dropout`,
    `recurrent_dropout` and `seed_generator`.
    """

    dropout: float
    recurrent_dropout: float
    seed_generator: random.SeedGenerator
    # As many masks are drawn of each kind; with None it is one, not in a list.
    dropout_mask_count: int | None = None

    @property
    def _masks(self) -> _Held:
        if "_held_masks" not in vars(self):
            # No attribute that a recorded step could depend on.
            vars(self)["_held_masks"] = _Held()
        return vars(self)["_held_masks"]  # type: ignore[no-any-return]

    def get_dropout_mask(self, step_input: Any) -> Any:
        """Returns the mask of the inputs, or a list of masks; None without dropout.

        Args:
            step_input: The inputs of one step.
        """
        held = self._masks
        if self.dropout == 0:
            return None
        if is_symbolic(step_input):
            return self._drawn(step_input, self.dropout)
        if held.of_inputs is None:
            held.of_inputs = self._drawn(step_input, self.dropout)
        return held.of_inputs

    def get_recurrent_dropout_mask(self, step_input: Any) -> Any:
        """Returns the mask of the state, or a list of masks; None without dropout.

        Args:
            step_input: The state.
        """
        held = self._masks
        if self.recurrent_dropout == 0:
            return None
        if is_symbolic(step_input):
            return self._drawn(step_input, self.recurrent_dropout)
        if held.of_states is None:
            held.of_states = self._drawn(step_input, self.recurrent_dropout)
        return held.of_states

    def reset_dropout_mask(self) -> None:
        """Forgets the mask of the inputs."""
        self._masks.of_inputs = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Forgets the mask of the state."""
        self._masks.of_states = None

    def _drawn(self, like: Any, rate: float) -> Any:
        ones = ops.ones_like(like)
        if self.dropout_mask_count is None:
            return random.dropout(ones, rate, seed=self.seed_generator)
        return [
            random.dropout(ones, rate, seed=self.seed_generator)
            for _ in range(self.dropout_mask_count)
        ]


def checked_rate(kind: str, name: str, rate: Any) -> float:
    """Returns a rate of dropout.

    Args:
        kind: The class, for the message.
        name: The argument.
        rate: A number from 0 to below 1.

    Raises:
        ArgumentError: If it is none.
    """
    if not isinstance(rate, int | float) or not 0 <= rate < 1:
        raise ArgumentError(
            f"`{name}` of `{kind}` must be a number from 0 to below 1. "
            f"Received: {name}={rate!r}"
        )
    return rate
