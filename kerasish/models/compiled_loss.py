"""The losses given to `compile`, matched with the outputs of a model."""

import math
from typing import Any

from kerasish import losses, ops
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.metrics import Mean

__all__ = [
    "CROSSENTROPY",
    "CompiledLoss",
    "by_output",
    "kind_of_targets",
    "match_structure",
    "names_of",
]

# Names that mean one of three losses, depending on the shapes.
CROSSENTROPY = ("crossentropy", "ce")
CROSSENTROPY_OF = {
    "binary": "binary_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
    "categorical": "categorical_crossentropy",
}


class CompiledLoss:
    """Computes the total loss of a batch, and a mean of each part of several.

    Args:
        loss: What `compile` was given: a loss, or a list or dict of losses.
        loss_weights: A number, list or dict of numbers, or None.

    Raises:
        ArgumentError: If the name of a loss is unknown.
    """

    _is_recorded = True  # a plan depends on its attributes

    def __init__(self, loss: Any, loss_weights: Any = None) -> None:
        self._given = _known(loss)
        self._given_weights = loss_weights
        self.built = False
        self.metrics: list[Any] = []
        self.losses: list[Any] = []
        self._weights: list[Any] = []
        self._names: list[str] = []

    def build(
        self, y_pred: Any, output_names: list[str] | None, y_true: Any = None
    ) -> None:
        """Finds the loss of every output, when the outputs are first seen.

        Args:
            y_pred: The outputs.
            output_names: Their names, if the model has any.
            y_true: The targets, on whose shape the loss "crossentropy" depends.

        Raises:
            ArgumentError: If losses and outputs do not match.
        """
        names = names_of(y_pred, output_names)
        given = by_output("loss", self._given, names)
        predicted = tree.flatten(y_pred)
        targets = match_structure("y", y_true, names, len(names))
        self.losses = [_loss(*x) for x in zip(given, targets, predicted, strict=True)]
        if all(x is None for x in self.losses):
            raise ArgumentError("`compile` was given no loss: every entry is None.")
        weights = self._given_weights
        if isinstance(weights, int | float):
            weights = [weights] * len(names)
        self._weights = by_output("loss_weights", weights, names)
        for name, weight in zip(names, self._weights, strict=True):
            is_number = isinstance(weight, int | float) and math.isfinite(weight)
            if weight is not None and not is_number:
                raise ArgumentError(
                    "`loss_weights` must be numbers and finite. "
                    f"Received: {weight!r} for output {name!r}"
                )
        self._names = names
        if len([x for x in self.losses if x is not None]) > 1:
            self.metrics = [Mean(name=f"{name}_loss") for name in names]
        self.built = True

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Returns the weighted sum of the losses.

        Args:
            y_true: Targets, structured as the outputs.
            y_pred: Outputs.
            sample_weight: Weights, structured as the outputs, or one for all.
        """
        predicted = tree.flatten(y_pred)
        targets = match_structure("y", y_true, self._names, len(predicted))
        weights = match_structure(
            "sample_weight", sample_weight, self._names, len(predicted)
        )
        total: Any = None
        for i, (loss, pred) in enumerate(zip(self.losses, predicted, strict=True)):
            if loss is None:
                continue
            if targets[i] is None:
                raise ArgumentError(
                    f"The output {self._names[i]!r} has a loss, but `y` has no targets "
                    "for it."
                )
            value = self._one(loss, targets[i], pred, weights[i], i)
            if self.metrics:
                self.metrics[i].update_state(value, sample_weight=_batch_size(pred))
            if self._weights[i] is not None:
                value = value * self._weights[i]
            total = value if total is None else total + value
        return total

    def _one(self, loss: Any, target: Any, pred: Any, weight: Any, i: int) -> Any:
        try:
            value = loss(target, pred, weight)
        except (ValueError, TypeError) as error:
            error.add_note(
                f"Raised in the loss {loss.name!r} of output {self._names[i]!r}: "
                f"targets of shape {tuple(target.shape)}, outputs of shape "
                f"{tuple(pred.shape)}."
            )
            raise
        value = ops.convert_to_tensor(value)
        if value.shape != ():
            raise ShapeError(
                f"The loss {loss.name!r} of output {self._names[i]!r} must be a "
                f"scalar. Received: shape {tuple(value.shape)}; set its `reduction`."
            )
        return value


def names_of(y_pred: Any, output_names: list[str] | None) -> list[str]:
    """Returns a name for every output.

    Args:
        y_pred: The outputs.
        output_names: Their names, if the model has any.
    """
    if isinstance(y_pred, dict):
        return sorted(y_pred)
    count = len(tree.flatten(y_pred))
    if output_names and len(output_names) == count:
        return list(output_names)
    return ["output"] if count == 1 else [f"output_{i}" for i in range(count)]


def by_output(what: str, given: Any, names: list[str]) -> list[Any]:
    """Returns an argument of `compile` as a list with an entry for each output.

    Args:
        what: The argument's name, for the message.
        given: One entry for all, or a list or dict of entries.
        names: The outputs' names.

    Raises:
        ArgumentError: If a list has another length, or a dict another key.
    """
    if isinstance(given, dict):
        wrong = [key for key in given if key not in names]
        if wrong:
            raise ArgumentError(
                f"`{what}` names the outputs {wrong}, which the model does not have. "
                f"Its outputs: {names}"
            )
        return [given.get(name) for name in names]
    if isinstance(given, list | tuple):
        if len(given) != len(names):
            raise ArgumentError(
                f"`{what}` must have an entry for each of {len(names)} outputs "
                f"({names}). Received: {len(given)} entries"
            )
        return list(given)
    return [given] * len(names)


def match_structure(what: str, given: Any, names: list[str], count: int) -> list[Any]:
    """Returns targets or weights as a list in the order of the outputs.

    Args:
        what: What they are, for the message.
        given: One for all, a list, or a dict by output.
        names: The outputs' names.
        count: How many outputs there are.

    Raises:
        ArgumentError: If they do not match the outputs.
    """
    if given is None:
        return [None] * count
    if isinstance(given, dict):
        wrong = [key for key in given if key not in names]
        if wrong:
            raise ArgumentError(
                f"`{what}` names the outputs {wrong}, which the model does not have. "
                f"Its outputs: {names}"
            )
        return [given.get(name) for name in names]
    if isinstance(given, list | tuple):
        if len(given) != count:
            raise ArgumentError(
                f"`{what}` must have an entry for each of {count} outputs ({names}). "
                f"Received: {len(given)} entries"
            )
        return list(given)
    if count > 1 and what == "y":
        raise ArgumentError(
            f"`y` must have targets for each of {count} outputs ({names}), in a list "
            "or dict. Received: a single array"
        )
    return [given] * count


def kind_of_targets(y_true: Any, y_pred: Any) -> str:
    """Returns "binary", "sparse" or "categorical": what targets are to outputs.

    Args:
        y_true: Targets.
        y_pred: Outputs.
    """
    if y_pred.shape[-1:] in ((1,), ()) or len(y_pred.shape) == 1:
        return "binary"
    if y_true is None or len(y_true.shape) < len(y_pred.shape):
        return "sparse"
    return "sparse" if y_true.shape[-1] == 1 else "categorical"


def _known(given: Any) -> Any:
    """Returns what `compile` was given, with losses or functions in place of names."""
    if isinstance(given, dict):
        return {key: _known(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_known(value) for value in given]
    is_name = isinstance(given, str) and given not in CROSSENTROPY
    return losses.get(given) if is_name else given


def _loss(identifier: Any, y_true: Any, y_pred: Any) -> Any:
    if identifier is None:
        return None
    if isinstance(identifier, str):  # one of CROSSENTROPY, by now
        identifier = CROSSENTROPY_OF[kind_of_targets(y_true, y_pred)]
    found = losses.get(identifier)
    if isinstance(found, losses.Loss):
        return found
    name = getattr(found, "__name__", type(found).__name__)
    return losses.LossFunctionWrapper(found, name=name)


def _batch_size(x: Any) -> Any:
    return ops.cast(x.shape[0] if x.shape else 1, "float32")
