"""What came of a trial, in whatever form it was returned, as metrics by name."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerasish.callbacks.history import History
from kerasish.tuner.errors import FatalTypeError, FatalValueError
from kerasish.tuner.objective import Objective

__all__ = ["best_epoch", "metrics_of"]


def metrics_of(
    results: Any, objective: Objective
) -> tuple[dict[str, list[float]], int]:
    """Returns the metrics of a trial and its best epoch.

    Args:
        results: What `run_trial` returned: a `History`, a dict of metrics, the value of
            the objective, or a list of these, one for each execution.
        objective: What is improved; a number alone is its value.

    Returns:
        A dict from a metric to a list of its values, one for each execution, at the
        best epoch of each; and the best epoch of the best execution.

    Raises:
        FatalTypeError: If it is something else.
        FatalValueError: If the objective is not among the metrics.

    Example:
        >>> metrics_of([0.5, 0.25], Objective("error", "min"))
        ({'error': [0.5, 0.25]}, 0)
    """
    several = results if isinstance(results, (list, tuple)) else [results]
    if not several:
        raise FatalValueError("The trial returned an empty list of results.")
    runs = [_one_run(result, objective) for result in several]
    names = [name for name in runs[0][0] if all(name in run for run, _ in runs)]
    best_value, best_step = None, runs[0][1]
    for run, step in runs:
        value = objective.get_value(run)
        if objective.better_than(value, best_value):
            best_value, best_step = value, step
    return {name: [run[name] for run, _ in runs] for name in names}, best_step


def best_epoch(history: Mapping[str, Any], objective: Objective) -> int:
    """Returns the index of the epoch with the best objective, the first of equals.

    Args:
        history: Lists of values by metric.
        objective: What is improved.

    Raises:
        FatalValueError: If the objective is not among the metrics.
    """
    best, best_value = 0, None
    for index, row in enumerate(_rows(history, objective)):
        value = objective.get_value(row)
        if objective.better_than(value, best_value):
            best, best_value = index, value
    return best


def _one_run(result: Any, objective: Objective) -> tuple[dict[str, float], int]:
    if isinstance(result, History):
        if not result.history:
            raise FatalValueError(
                "The `History` that the trial returned is empty: no epoch was run."
            )
        best = best_epoch(result.history, objective)
        row = _rows(result.history, objective)[best]
        epochs = result.epoch or range(best + 1)
        # The row counts validations, which may come every few epochs.
        step = epochs[min(len(epochs), (best + 1) * _every(result, objective)) - 1]
        return row, int(step)
    if isinstance(result, Mapping):
        metrics = {name: _as_float(value, name) for name, value in result.items()}
        objective.get_value(metrics)
        return metrics, 0
    if result is None:
        raise FatalTypeError(
            "The trial returned None. Return the value of the objective, a dict of "
            "metrics or what `model.fit` returned from `run_trial` or "
            "`HyperModel.fit`; is a `return` missing?"
        )
    if len(objective.parts) > 1:
        raise FatalTypeError(
            "The trial returned one value for several objectives. Return a dict of "
            f"metrics. Received: {result!r}"
        )
    return {objective.name: _as_float(result, objective.name)}, 0


def _every(result: History, objective: Objective) -> int:
    counts = [len(result.history[part.name]) for part in objective.parts]
    return max(1, len(result.epoch) // max(1, min(counts)))


def _rows(history: Mapping[str, Any], objective: Objective) -> list[dict[str, float]]:
    """Returns a dict of metrics for each epoch in which the objective is known."""
    for part in objective.parts:
        part.get_value({name: math.nan for name in history})
    count = min(len(history[part.name]) for part in objective.parts)
    rows = []
    for index in range(count):
        row = {}
        for name, values in history.items():
            # Of a metric seen more often, the last one up to then.
            place = (index + 1) * len(values) // count - 1
            if place >= 0:
                row[name] = _as_float(values[place], name)
        rows.append(row)
    return rows


def _as_float(value: Any, name: str) -> float:
    if not isinstance(value, str):
        array = np.asarray(value)
        if array.size == 1 and array.dtype.kind in "bfiu":
            return float(array.reshape(()))
    raise FatalTypeError(
        f"The result {name!r} of a trial must be one number: `run_trial` and "
        "`HyperModel.fit` return the value of the objective, a dict of metrics, a "
        f"`History`, or a list of these. Received: {value!r} of type "
        f"{type(value).__name__}"
    )
