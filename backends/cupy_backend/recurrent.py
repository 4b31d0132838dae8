"""Recurrent networks on the GPU: all time steps by cuDNN, outside plans too."""

from kerasish.backends.base.array import Array
from kerasish.backends.base.recurrent import RecurrentKernels
from kerasish.backends.cuda import recurrent_space
from kerasish.backends.cupy_backend.lowering import CupyLowering

__all__ = ["CupyRecurrent"]


class CupyRecurrent(RecurrentKernels, CupyLowering):
    """LSTM and GRU where cuDNN has them; the base's kernels otherwise."""

    def recurrent_space(
        self, kind: str, shape: tuple[int, ...], units: int, dtype: str
    ) -> int | None:
        """Returns the bytes that cuDNN keeps for the way back, or None."""
        return recurrent_space(kind, shape, units, dtype)

    def recurrent(self, kind: str, space: int, *operands: Array) -> tuple[Array, ...]:
        """Returns the outputs of all steps, the last states, and what is kept."""
        xp, (x, _, u, _, *first) = self.xp, operands
        made = [xp.empty((*x.shape[:2], u.shape[0]), dtype=x.dtype)]
        made += [xp.empty_like(state) for state in first]
        made.append(xp.empty((space,), dtype=self.dtype("uint8")))
        if self._run("_whole_sequence", kind, space, operands, made):
            return tuple(made)
        return super().recurrent(kind, space, *operands)

    def recurrent_vjp(
        self, kind: str, space: int, *operands: Array
    ) -> tuple[Array, ...]:
        """Returns the gradients of the operands of `recurrent`."""
        count = 6 if kind == "lstm" else 5
        made = [self.xp.empty_like(x) for x in operands[:count]]
        if self._run("_whole_sequence_back", kind, space, operands, made):
            return tuple(made)
        return super().recurrent_vjp(kind, space, *operands)

    def _run(
        self,
        name: str,
        kind: str,
        space: int,
        operands: tuple[Array, ...],
        made: list[Array],
    ) -> bool:
        """Computes a primitive into memory, if the library does."""
        static = {"kind": kind, "space": space}
        step = self.lower(name, static, [*operands], made) if space else None
        if step is not None:
            step()
        return step is not None
