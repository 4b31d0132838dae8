"""How a model runs its steps: recorded as plans, or operation by operation."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.autodiff.mode import current as current_mode
from kerasish.backends import current
from kerasish.core import config, tree
from kerasish.core.revision import revision
from kerasish.layers.base import Layer
from kerasish.models.host_part import holds_text
from kerasish.tracing.function import Function
from kerasish.tracing.own_code import is_own_code
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
        self._known = _Knowledge()
        self._turns = threading.RLock()
        self._trainings = 0
        self.replicas: Any = None  # with whom the steps are run, once that is known
        self._running: list[int] = []  # the threads in a step that takes no turn

    def prepare(self, step: str, calls: int | None) -> None:
        """Gets ready for calls of a step.

        Args:
            step: "train_step", "test_step" or "predict_step".
            calls: How many, or None.
        """
        if not self._model.run_eagerly:
            self._function(step).expect(calls, not self._knowledge().own_code)

    def buffers(self, step: str) -> Any:
        """Returns a function that gives the memory for the next batch of a step.

        Args:
            step: "train_step", "test_step" or "predict_step".
        """
        eager = self._model.run_eagerly or self._host_part is not None
        return tuple if eager else self._function(step).buffers

    def move(self, adapter: Any) -> None:
        """Moves data to the device if all of a step runs there.

        Args:
            adapter: A data adapter.
        """
        if not self._model.run_eagerly and self._host_part is None:
            adapter.move(_narrow(self._model), self._model.steps_per_execution)

    def run(self, step: str, batch: Any) -> Result:
        """Runs a step.

        Args:
            step: "train_step", "test_step" or "predict_step".
            batch: `(x, y, sample_weight)` of NumPy arrays.
        """
        result: Result = self.in_turn(self._run, step, batch)
        return result

    def in_turn(self, call: Callable[..., Any], *args: Any) -> Any:
        """Calls a function that reads the weights or changes them.

        Args:
            call: The function, of a step or a part of one.
            *args: Its arguments.
        """
        me = threading.get_ident()
        self._running.append(me)  # before looking: `training` sees it, or is seen
        try:
            if not self._trainings:
                return call(*args)
        finally:
            self._running.remove(me)
        with self._turns:
            return call(*args)

    @contextmanager
    def training(self) -> Iterator[None]:
        """Lets the steps of all threads take turns inside the block.

        So no thread sees weights that another is just changing. Steps that run already
        are waited for.
        """
        me = threading.get_ident()
        with self._turns:
            self._trainings += 1
        try:
            while any(other != me for other in tuple(self._running)):
                time.sleep(1e-4)
            yield
        finally:
            with self._turns:
                self._trainings -= 1

    def _run(self, step: str, batch: Any) -> Result:
        model, host = self._model, self._host_part
        if model.run_eagerly or host is None and holds_text(batch[0]):
            return Result(getattr(model, step)(tensors(model, batch)))
        if host is None:
            return self._function(step).run(batch)
        encoded = model._on_host(tensors(model, batch[:1])[0])
        with host.done():
            return self._function(step).run((encoded, *batch[1:]))

    def forward(self, args: Any, kwargs: dict[str, Any]) -> Function | None:
        """Returns the function that replays an eager call of the model, if one may.

        Nothing must be lost by that: no code of others, no penalties, no masks.

        Args:
            args: The call's arguments by position.
            kwargs: Those by name.
        """
        model, mode = self._model, current_mode()
        if mode.tapes or mode.recorder or mode.symbolic or mode.stateless:
            return None
        if kwargs or len(args) != 1 or not model.built or model.run_eagerly:
            return None
        (x,) = args
        if type(x) not in (np.ndarray, Tensor) or hasattr(x, "_keras_mask"):
            return None
        if self._host_part is not None or holds_text(x):
            return None
        if not self._knowledge().leaves_no_trace:
            return None
        made = self._made.get("forward")
        if made is None:

            def call(x: Any) -> Any:
                return Layer.__call__(model, x)

            made = self._made["forward"] = self._new(call, "__call__")
        return made

    def recorded(self, step: str) -> Function | None:
        """Returns what records a step, or None for a model that runs eagerly.

        Args:
            step: "train_step", "test_step" or "predict_step".
        """
        return None if self._model.run_eagerly else self._function(step)

    @property
    def _host_part(self) -> Any:
        """What of the model looks up text, and is no part of recorded steps."""
        return getattr(self._model, "_host_part", None)

    def _knowledge(self) -> "_Knowledge":
        """Returns what is known of the model as it is now."""
        if self._known.revision != revision():
            model = self._model
            own = is_own_code(model)
            layers = model._flatten_layers() if own else ()
            plain = own and not any(_leaves_trace(layer) for layer in layers)
            self._known = _Knowledge(revision(), own, plain)
        return self._known

    def _function(self, step: str) -> Function:
        made = self._made.get(step)
        if made is None:
            model = self._model

            def call(batch: Any) -> Any:
                return getattr(model, step)(batch)

            made = self._made[step] = self._new(
                call,
                step,
                at_once=(lambda: model.built) if step == "predict_step" else None,
                convert=lambda given: ((tensors(model, given[0][0]),), {}),
            )
        return made

    def _new(self, call: Any, name: str, **options: Any) -> Function:
        model = self._model
        call.__name__ = f"{model.name}.{name}"
        return Function(
            call, jit_compile=model.jit_compile, roots=lambda: [model], **options
        )


class _Knowledge(NamedTuple):
    """What is known of a model at a revision.

    Args:
        revision: The count of changes.
        own_code: Whether no code but the library's runs in its steps.
        leaves_no_trace: Whether a call changes nothing that a replay would not.
    """

    revision: int = -1
    own_code: bool = False
    leaves_no_trace: bool = False


def _leaves_trace(layer: Any) -> bool:
    makes_masks = getattr(layer, "mask_zero", False) or hasattr(layer, "mask_value")
    return bool(makes_masks) or layer.activity_regularizer is not None


def tensors(model: Any, batch: Any) -> Any:
    """Makes tensors of a batch; float64 only for a model that computes in it.

    Args:
        model: The model.
        batch: Structure of NumPy arrays and None.
    """
    narrow = _narrow(model)

    def tensor(array: Any) -> Any:
        if array is None or holds_text(array):
            return array
        if isinstance(array, Tensor):
            return Tensor(array._array)
        wide = array.dtype == np.float64
        return Tensor(current().asarray(array, narrow if wide else None))

    return tuple(
        None if part is None else tree.map_structure(tensor, part) for part in batch
    )


def _narrow(model: Any) -> str | None:
    """Returns the dtype that batches of float64 are computed in, None for their own."""
    inputs = getattr(getattr(model, "_graph", None), "inputs", ())
    exact = any(x.dtype == "float64" for x in inputs) or (
        model.compute_dtype == "float64"
    )
    return None if exact else config.floatx()
