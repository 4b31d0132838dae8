"""How a model runs its steps: recorded as plans, or operation by operation."""

from typing import Any

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.backends import current
from kerasish.core import config, tree
from kerasish.tracing.function import Function
from kerasish.tracing.results import Result

__all__ = ["StepFunctions", "tensors"]


class StepFunctions:
    """The three steps of a model as functions of host batches.

    Args:
        model: The model, whose steps may be overridden.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._made: dict[str, Function] = {}

    def prepare(self, step: str, calls: int | None) -> None:
        """Gets ready for calls of a step.

        Args:
            step: "train_step", "test_step" or "predict_step".
            calls: How many, or None.
        """
        if not self._model.run_eagerly:
            self._function(step).expect(calls)

    def run(self, step: str, batch: Any) -> Result:
        """Runs a step.

        Args:
            step: "train_step", "test_step" or "predict_step".
            batch: `(x, y, sample_weight)` of NumPy arrays.
        """
        if self._model.run_eagerly:
            return Result(getattr(self._model, step)(tensors(self._model, batch)))
        return self._function(step).run(batch)

    def _function(self, step: str) -> Function:
        made = self._made.get(step)
        if made is None:
            model = self._model

            def call(batch: Any) -> Any:
                return getattr(model, step)(batch)

            call.__name__ = f"{model.name}.{step}"
            made = self._made[step] = Function(
                call,
                jit_compile=model.jit_compile,
                roots=lambda: [model],
                at_once=(lambda: model.built) if step == "predict_step" else None,
                convert=lambda given: ((tensors(model, given[0][0]),), {}),
            )
        return made


def tensors(model: Any, batch: Any) -> Any:
    """Makes tensors of a batch; float64 only for a model that computes in it.

    Args:
        model: The model.
        batch: Structure of NumPy arrays and None.
    """
    inputs = getattr(getattr(model, "_graph", None), "inputs", ())
    exact = any(x.dtype == "float64" for x in inputs) or (
        model.compute_dtype == "float64"
    )
    narrow = None if exact else config.floatx()

    def tensor(array: Any) -> Any:
        if array is None or array.dtype.kind in "OSU":
            return array
        wide = array.dtype == np.float64
        return Tensor(current().asarray(array, narrow if wide else None))

    return tuple(
        None if part is None else tree.map_structure(tensor, part) for part in batch
    )
