"""Last: the call that was replayed last, to be recognised without looking it up.

In a training loop every call has the signature of the one before. Comparing it takes a
microsecond, working the signature out and finding its plan takes twenty.
"""

import threading
from types import NoneType
from typing import Any

import numpy as np

from kerasish.autodiff import Tensor
from kerasish.core.revision import revision
from kerasish.tracing.feed import Rows, run
from kerasish.tracing.plan import Plan
from kerasish.tracing.results import Result
from kerasish.tracing.signature import is_data, surroundings_now
from kerasish.tracing.stage import Stage
from kerasish.tracing.trace import Trace

__all__ = ["Last"]


class Last:
    """A signature whose arguments are arrays and None, alone or in one tuple.

    Args:
        args: The arguments.
        trace: What is known of the signature.
        stage: The stage of it that was replayed.
        plan: The plan of this thread.
    """

    def __init__(self, args: Any, trace: Trace, stage: Stage, plan: Plan) -> None:
        buffers = iter(plan.inputs)
        self.trace = trace
        self._stage = stage
        self._is_tuple = _is_tuple(args)
        self._parts = [
            None if x is None else (type(x), x.shape, x.dtype, next(buffers))
            for x in (args[0] if self._is_tuple else args)
        ]
        self._buffers = [part and part[3] for part in self._parts]
        self._plan = plan
        self._surroundings = surroundings_now()

    @classmethod
    def of(
        cls, args: Any, kwargs: Any, trace: Trace, stage: Stage, plan: Plan
    ) -> "Last | None":
        """Returns the signature of a call, or None for one of other arguments.

        Args:
            args: Arguments by position.
            kwargs: Arguments by name.
            trace: What is known of the signature.
            stage: The stage of it that was replayed.
            plan: The plan of this thread.
        """
        given = args[0] if _is_tuple(args) else args
        kinds = (np.ndarray, Tensor, Rows, NoneType)
        if kwargs or any(type(x) not in kinds for x in given):
            return None
        if any(x is not None and not is_data(x) for x in given):
            return None
        return cls(args, trace, stage, plan)

    def takes(self, args: Any) -> bool:
        """Returns whether a call has this signature and nothing else has changed.

        Args:
            args: Its arguments.
        """
        if _is_tuple(args) is not self._is_tuple:
            return False
        given = args[0] if self._is_tuple else args
        if len(given) != len(self._parts) or self.trace.revision != revision():
            return False
        for x, part in zip(given, self._parts, strict=True):
            if x is None or part is None:
                if x is not part:
                    return False
            elif x is part[3]:  # the plan's own memory
                continue
            elif type(x) is not part[0] or x.shape != part[1] or x.dtype != part[2]:
                return False
        if not self._is_bound():
            return False
        return self._surroundings == surroundings_now()

    def buffers(self) -> list[Any]:
        """Returns the plan's memory for each argument; a call may be given that."""
        return self._buffers if self._is_bound() else []

    def replay(self, args: Any) -> Result:
        """Runs the plan.

        Args:
            args: Arguments that `takes` has accepted.
        """
        given = args[0] if self._is_tuple else args
        run(self._plan, [x for x in given if x is not None])
        return Result(self._stage.structure, self._plan)

    def _is_bound(self) -> bool:
        """Returns whether the plan is still what this thread is to run."""
        stage = self._stage
        if self.trace.stage is not stage:
            return False
        return stage.plans.get(threading.get_ident()) is self._plan


def _is_tuple(args: Any) -> bool:
    return len(args) == 1 and type(args[0]) is tuple
