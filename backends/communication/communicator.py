"""Communicator: what the processes of a group, one for each device, tell each other.

A subclass carries bytes between processes; everything else follows from that. One that
has a quicker way for sums of arrays overrides those too.
"""

import json
import os
import socket
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.core.errors import BackendError

__all__ = ["HALF", "Communicator", "is_half"]

Array = Any
Join = Callable[[list[bytes]], bytes]
HALF = ("float16", "bfloat16")


def is_half(array: Array) -> bool:
    """Returns whether an array is of half precision, whose sums are taken in float32.

    Args:
        array: The array.

    Example:
        >>> is_half(np.ones(2, "float16")), is_half(np.ones(2, "float32"))
        (True, False)
    """
    return array.dtype.name in HALF


class Communicator:
    """A group of processes; a subclass defines `together` and `abort`.

    All processes of a group call the same methods in the same order.

    Args:
        rank: The number of this process, from 0.
        size: How many processes there are.
    """

    name = "group"

    def __init__(self, rank: int, size: int) -> None:
        self.rank = rank
        self.size = size

    def together(self, payload: bytes, join: Join) -> bytes:
        """Gives every process what is made of the bytes of all.

        Args:
            payload: What this process adds.
            join: Makes one of the payloads, which come in the order of the ranks.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `together`")

    def abort(self, reason: str) -> None:
        """Ends all processes of the group, as one of them has failed.

        Args:
            reason: What has happened, for those who see the others end.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method `abort`")

    @property
    def local_rank(self) -> int:
        """The number of this process among those of the same machine."""
        told = os.environ.get("LOCAL_RANK", os.environ.get("SLURM_LOCALID"))
        hosts = self.gather(socket.gethostname())
        return hosts[: self.rank].count(hosts[self.rank]) if told is None else int(told)

    def gather(self, value: Any) -> list[Any]:
        """Returns what all processes give, by rank.

        Args:
            value: Numbers, text, None, and lists and dicts of them.
        """
        listed = self.together(
            json.dumps(value).encode(), lambda parts: b"[%b]" % b",".join(parts)
        )
        found: list[Any] = json.loads(listed)
        return found

    def all_reduce(self, source: Array, to: Array) -> None:
        """Adds arrays of all processes up, in the order of the ranks.

        Args:
            source: What this process adds.
            to: Gets the sum; may be `source` itself.
        """
        kind, wide = source.dtype, np.dtype("float32") if is_half(source) else None

        def total(parts: list[bytes]) -> bytes:
            made = np.frombuffer(parts[0], kind).astype(wide or kind)
            for part in parts[1:]:
                made += np.frombuffer(part, kind)
            return made.astype(kind).tobytes()

        self._fill(to, self.together(self._bytes(source), total))

    def broadcast(self, array: Array) -> None:
        """Gives every process what the first has in an array.

        Args:
            array: Written by all others.
        """
        given = b"" if self.rank else self._bytes(array)
        self._fill(array, self.together(given, lambda parts: parts[0]))

    def barrier(self) -> None:
        """Waits for all processes."""
        self.together(b"", lambda parts: b"")

    def _bytes(self, array: Array) -> bytes:
        if not isinstance(array, np.ndarray | np.generic):
            raise BackendError(
                f"A group of processes by {self.name} takes arrays of the host. Choose "
                "the backend, as by `keras.config.set_backend`, before "
                "`keras.distribution.initialize`. "
                f"Received: an array of type {type(array).__name__}"
            )
        return array.tobytes()

    def _fill(self, array: Array, payload: bytes) -> None:
        array[...] = np.frombuffer(payload, array.dtype).reshape(array.shape)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} rank {self.rank} of {self.size}>"
