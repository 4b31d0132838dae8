"""Fused: a node that does the work of several, described by a chain."""

from collections.abc import Sequence
from typing import Any

from kerasish.backends.base.chain import Chain
from kerasish.tracing.graph import Node, Value

__all__ = ["Fused"]


class Fused:
    """Stands in a node for a primitive: computes a whole chain.

    Args:
        chain: What is computed.
        rows_in: For each input of the chain the values that it runs over, side by side.
        rows_out: The same for its outputs.
        nodes: What it was made of, where that can take its place again.
    """

    __name__ = "fused"

    def __init__(
        self,
        chain: Chain,
        rows_in: list[list[Value]],
        rows_out: list[list[Value]],
        nodes: Sequence[Node] = (),
    ) -> None:
        self.chain = chain
        self.rows_in = rows_in
        self.rows_out = rows_out
        self.nodes = nodes
        self.kernel: Any = None  # the chain as machine code, if it is compiled

    def function(self, *arrays: Any, **static: Any) -> Any:
        """Is not called: plans bind the chain to memory."""
        raise NotImplementedError("A fused node is bound, not called.")
