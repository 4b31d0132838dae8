"""Failures: a process that fails takes the others of its group along.

They would wait for it forever, in the middle of a sum.
"""

import sys
from types import TracebackType

from kerasish.backends.communication.communicator import Communicator

__all__ = ["abort_on_error"]


def abort_on_error(group: Communicator) -> None:
    """Ends all processes of a group when this one ends by an exception.

    Args:
        group: The group.
    """
    before = sys.excepthook

    def hook(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        before(kind, error, trace)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        group.abort(f"{kind.__name__}: {error}")

    sys.excepthook = hook
