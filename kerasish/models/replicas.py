"""Replicas: what training does together with the other processes of a group.

A single process has `Alone`, whose methods do nothing. In a group, `Together` begins
with equal variables, runs each step for the share of the batch that the process has,
and adds up at the end of an epoch what the processes have counted.
"""

import math
from collections.abc import Callable
from typing import Any

from kerasish import data, ops
from kerasish.autodiff import Tensor, Variable
from kerasish.backends import current as current_backend
from kerasish.backends.communication import Communicator, Share, sharing
from kerasish.backends.communication import current as current_group
from kerasish.callbacks import pythonify_logs
from kerasish.core.dtypes import is_float_dtype
from kerasish.core.errors import ArgumentError
from kerasish.distribution import distribution
from kerasish.models.alone import Alone

__all__ = ["Together", "replicas_of"]

_ALONE = Alone()


def replicas_of(model: Any) -> Alone:
    """Returns the processes that train a model.

    Args:
        model: The model.

    Example:
        >>> replicas_of(None).is_alone
        True
    """
    group = current_group()
    if group is None:
        return _ALONE
    held: Together | None = model._functions.replicas
    if held is None or not held.belongs_to(group):
        held = model._functions.replicas = Together(model, group)
    return held


class Together(Alone):
    """The processes of a group, each with the same model.

    Args:
        model: The model.
        group: The group.
    """

    is_alone = False

    def __init__(self, model: Any, group: Communicator) -> None:
        self._model = model
        self._group = group
        self._begun = False
        self._is_growing = False  # until a first step has made variables
        self._before: dict[int, Any] = {}  # of variables that are summed

    def belongs_to(self, group: Communicator) -> bool:
        """Returns whether a group is that of these processes.

        Args:
            group: The group.
        """
        return self._group is group

    def sharding(self) -> data.Sharding | None:
        """Returns which rows of a batch are this process'."""
        held = distribution()
        whole = held is None or held.auto_shard_dataset
        return (data.SameData if whole else data.OwnData)(self._group)

    def seed(self) -> int:
        """Returns the first process' seed for the order of the data."""
        return int(self._group.gather(super().seed())[0])

    def begin(self, batch: Any, again: bool = False) -> None:
        """Gives every process the variables of the first."""
        if self._begun and not again:
            return
        self._begun = True
        model = self._model
        if not model.built:
            try:
                model._functions.run("predict_step", batch)
            except NotImplementedError:  # no `call`, and parts that are not built
                self._is_growing = True
        self._send()

    def _send(self) -> None:
        """Gives every process the variables of the first."""
        model = self._model
        counts = {id(v) for v in self._counts()}
        held = (*model.variables, *getattr(model.optimizer, "variables", ()))
        variables = [v for v in held if id(v) not in counts]
        shapes = [[list(v.shape), v._dtype] for v in variables]
        found = self._group.gather(shapes)
        if any(other != found[0] for other in found):
            raise ArgumentError(
                "All processes must train the same model with the same optimizer. "
                f"Received: {[len(x) for x in found]} variables, by process, or such "
                "of different shapes"
            )
        for v in variables:
            self._broadcast(v)
        self._note()

    def runner(self, adapter: Any, run: Callable[..., Any]) -> Callable[..., Any]:
        """Returns what runs a step for a share of the batch."""

        def shared(step: str, batch: Any) -> Any:
            part: Share = adapter.share
            with sharing(part):
                if part is None or part.rows:
                    result = run(step, batch)
                else:
                    result = self._without_trace(adapter, run, step, batch)
            if self._is_growing:
                self._is_growing = False
                self._send()
            return result

        return shared

    def _without_trace(
        self, adapter: Any, run: Callable[..., Any], step: str, batch: Any
    ) -> Any:
        """Runs a step on a row that does not count: only weights change by it."""
        adapter.flush()
        together = self._synchronized()  # those of the whole batch are right
        own = [v for v in self._statistics() if id(v) not in together]
        held = {id(v): v.value for v in (*own, *self._counts())}
        result = run(step, batch)
        adapter.flush()
        result.read()
        for v in (*own, *self._counts()):
            # Metrics are made by their first batch, and begin with zeros.
            v.assign(held.get(id(v), ops.zeros(v.shape, v._dtype)))
        return result

    def logs(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Returns logs of all processes, and leaves the metrics so."""
        for v in self._counts():
            self._combine(v, v.aggregation)
        known = pythonify_logs(self._model.get_metrics_result())
        own = {k: v for k, v in logs.items() if k not in known and isinstance(v, float)}
        others = self._group.gather(own)
        means = {name: _mean(name, others) for name in own}
        return {name: (known | means).get(name, value) for name, value in logs.items()}

    def glance(self, logs: dict[str, Any]) -> dict[str, Any]:
        """Returns logs of all processes; the metrics go on counting their own."""
        held = [(v, v.value) for v in self._counts()]
        found = self.logs(logs)
        for v, value in held:
            v.assign(value)
        return found

    def level(self) -> None:
        """Makes variables equal that each process has moved, such as averages."""
        for v in self._statistics():
            self._combine(v, v.aggregation)
        self._note()

    def agree(self, stops: bool) -> bool:
        """Returns whether any process wants to stop."""
        return any(self._group.gather(bool(stops)))

    def wait(self) -> None:
        """Waits for all processes."""
        self._group.barrier()

    # ---------------------------------------------------------------- variables

    def _counts(self) -> list[Variable]:
        """Returns the variables of the metrics."""
        return [v for metric in self._model.metrics for v in metric.variables]

    def _statistics(self) -> list[Variable]:
        """Returns the variables that a step moves without the optimizer."""
        found: list[Variable] = self._model.non_trainable_weights
        return found

    def _synchronized(self) -> set[int]:
        """Returns the `id` of variables that all processes move in the same way."""
        layers = self._model._flatten_layers()
        found = [x for x in layers if getattr(x, "synchronized", False)]
        return {id(v) for layer in found for v in layer.variables}

    def _note(self) -> None:
        """Keeps what sums of changes begin with."""
        summed = [v for v in self._statistics() if v.aggregation == "sum"]
        self._before = {id(v): v.value for v in summed}

    def _combine(self, variable: Variable, aggregation: str | None) -> None:
        """Gives a variable the same value in all processes."""
        numbers = is_float_dtype(variable._dtype)
        if aggregation == "sum":
            start = self._before.get(id(variable))
            made = self._total(variable.value if start is None else variable - start)
            variable.assign(made if start is None else made + start)
        elif numbers and aggregation in (None, "none", "mean"):
            variable.assign(self._total(variable.value) / self._group.size)
        else:
            self._broadcast(variable)

    def _total(self, value: Any) -> Any:
        array = current_backend().all_reduce(value._array)
        return Tensor(array)

    def _broadcast(self, variable: Variable) -> None:
        xp = current_backend().xp
        array = xp.asarray(variable.value._array, copy=True)
        self._group.broadcast(array)
        variable.assign(Tensor(array))


def _mean(name: str, others: list[dict[str, Any]]) -> float:
    """Returns the mean of a number that a step of the user's own has returned."""
    return math.fsum(float(each[name]) for each in others) / len(others)
