"""The metrics given to `compile`, matched with the outputs of a model."""

import warnings
from typing import Any

from kerasish import losses, metrics
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, KerasishWarning
from kerasish.core.registry import find_named
from kerasish.metrics.lookup import METRICS
from kerasish.models.compiled_loss import (
    CROSSENTROPY,
    kind_of_targets,
    match_structure,
    names_of,
)

__all__ = ["CompiledMetrics"]

ACCURACY = ("accuracy", "acc")
BY_SHAPE: dict[tuple[bool, str], Any] = {
    (True, "binary"): metrics.BinaryAccuracy,
    (True, "sparse"): metrics.SparseCategoricalAccuracy,
    (True, "categorical"): metrics.CategoricalAccuracy,
    (False, "binary"): metrics.BinaryCrossentropy,
    (False, "sparse"): metrics.SparseCategoricalCrossentropy,
    (False, "categorical"): metrics.CategoricalCrossentropy,
}


class CompiledMetrics(metrics.Metric):
    """Updates and reads the metrics of every output.

    Args:
        given: What `compile` was given as `metrics`.
        weighted: What it was given as `weighted_metrics`.

    Raises:
        ArgumentTypeError: If they are neither a list nor a dict.
        ArgumentError: If the name of a metric is unknown.
    """

    def __init__(self, given: Any = None, weighted: Any = None) -> None:
        for what, value in (("metrics", given), ("weighted_metrics", weighted)):
            if value is not None and not isinstance(value, list | tuple | dict):
                raise ArgumentTypeError(
                    f"`{what}` must be a list or a dict of metrics. "
                    f"Received: {value!r} of type {type(value).__name__}; write "
                    f"{what}=[...] around it"
                )
            _check_names(value)
        super().__init__(name="compile_metrics")
        self._given = given
        self._given_weighted = weighted
        self.built = False
        self._rows: list[tuple[int, Any, bool, str]] = []
        self._names: list[str] = []

    @property
    def metrics(self) -> list[Any]:
        """The metric objects, in order."""
        return [metric for _, metric, _, _ in self._rows]

    @property
    def variables(self) -> list[Any]:
        """The variables of all metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    def reset_state(self) -> None:
        """Starts all metrics again."""
        for metric in self.metrics:
            metric.reset_state()

    @property
    def names(self) -> list[str]:
        """The names of the metrics in logs, in order."""
        return [name for _, _, _, name in self._rows]

    def build(self, y_true: Any, y_pred: Any, output_names: list[str] | None) -> None:
        """Makes the metrics of every output, when the outputs are first seen.

        Args:
            y_true: Targets.
            y_pred: Outputs.
            output_names: The outputs' names, if the model has any.

        Raises:
            ArgumentError: If metrics and outputs do not match, or a name is unknown.
        """
        self._names = names_of(y_pred, output_names)
        predicted = tree.flatten(y_pred)
        targets = match_structure("y", y_true, self._names, len(predicted))
        several = len(predicted) > 1
        for given, weighted in ((self._given, False), (self._given_weighted, True)):
            for i, entries in enumerate(_rows(given, self._names)):
                for entry in entries:
                    if entry is None:
                        continue
                    metric = _metric(entry, targets[i], predicted[i])
                    name = f"{self._names[i]}_{metric.name}" if several else metric.name
                    self._rows.append((i, metric, weighted, name))
        names = self.names
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            warnings.warn(
                f"Several metrics are called {twice}: the logs show only the last of "
                "them. Give them a `name`.",
                KerasishWarning,
                stacklevel=2,
            )
        if "loss" in names:
            warnings.warn(
                "A metric is called 'loss', as the loss is: the logs show only the "
                "metric. Give it another `name`.",
                KerasishWarning,
                stacklevel=2,
            )
        self.built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulates a batch.

        Args:
            y_true: Targets.
            y_pred: Outputs.
            sample_weight: Weights, which only weighted metrics use.
        """
        if not self.built:
            self.build(y_true, y_pred, None)
        predicted = tree.flatten(y_pred)
        targets = match_structure("y", y_true, self._names, len(predicted))
        weights = match_structure(
            "sample_weight", sample_weight, self._names, len(predicted)
        )
        for i, metric, weighted, _ in self._rows:
            if targets[i] is None:
                continue
            weight = weights[i] if weighted else None
            mask = getattr(predicted[i], "_keras_mask", None)
            if mask is not None:
                weight = _with_mask(weight, mask)
            metric.update_state(targets[i], predicted[i], sample_weight=weight)

    def result(self) -> dict[str, Any]:
        """Returns the values by name."""
        found: dict[str, Any] = {}
        for _, metric, _, name in self._rows:
            value = metric.result()
            if isinstance(value, dict):
                found.update(value)
            else:
                found[name] = value
        return found


def _check_names(given: Any) -> None:
    """Raises where a name is not that of a metric; without making any."""
    if isinstance(given, dict | list | tuple):
        for value in given.values() if isinstance(given, dict) else given:
            _check_names(value)
    elif isinstance(given, str) and given not in (*ACCURACY, *CROSSENTROPY):
        find_named("metric", given, METRICS)


def _with_mask(weight: Any, mask: Any) -> Any:
    from_mask = mask.astype("float32")
    if weight is None:
        return from_mask
    while len(weight.shape) < len(from_mask.shape):
        weight = weight.reshape((*weight.shape, 1))
    return weight * from_mask


def _rows(given: Any, names: list[str]) -> list[list[Any]]:
    if given is None:
        return [[] for _ in names]
    if isinstance(given, dict):
        wrong = [key for key in given if key not in names]
        if wrong:
            raise ArgumentError(
                f"`metrics` names the outputs {wrong}, which the model does not have. "
                f"Its outputs: {names}"
            )
        rows = [given.get(name) for name in names]
    elif len(names) == 1:
        flat = [x for e in given for x in (e if isinstance(e, list | tuple) else [e])]
        return [flat]
    else:
        if len(given) != len(names):
            raise ArgumentError(
                "For a model with several outputs, `metrics` must be a dict, or a list "
                f"with an entry for each of {names}. Received: {given!r}"
            )
        rows = list(given)
    return [
        list(row) if isinstance(row, list | tuple) else [] if row is None else [row]
        for row in rows
    ]


def _metric(identifier: Any, y_true: Any, y_pred: Any) -> Any:
    """Makes a metric of a name, function or object; "accuracy" depends on shapes."""
    if isinstance(identifier, metrics.Metric):
        return identifier
    name = identifier if isinstance(identifier, str) else None
    if name in ACCURACY or name in CROSSENTROPY:
        found: Any = _by_shape(str(name), y_true, y_pred)
    else:
        found = metrics.get(identifier)
    if isinstance(found, metrics.Metric):
        if name is not None:
            found.name = name
        return found
    if isinstance(found, losses.Loss):
        name = name or found.name
    shown = name or getattr(found, "__name__", type(found).__name__)
    return metrics.MeanMetricWrapper(found, name=shown)


def _by_shape(name: str, y_true: Any, y_pred: Any) -> Any:
    kind = kind_of_targets(y_true, y_pred)
    return BY_SHAPE[name in ACCURACY, kind](name=name)
