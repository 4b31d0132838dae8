"""Kernels of recurrent networks over all time steps, and their gradients.

They stand for those of a library: what a backend that has such kernels computes is
compared with them. Without one, operations go step by step, which is faster here.
"""

from typing import Any

from kerasish.backends.base.array import Array
from kerasish.backends.base.neural import NeuralKernels

__all__ = ["RecurrentKernels"]


class RecurrentKernels(NeuralKernels):
    """LSTM and GRU with `tanh` and `sigmoid`, of sequences `(batch, time, features)`.

    Operands are the inputs, the kernel, the recurrent kernel, the bias, and the first
    states `h`, or `h` and `c`. A GRU resets after the product and has two biases.
    """

    def recurrent_space(
        self, kind: str, shape: tuple[int, ...], units: int, dtype: str
    ) -> int | None:
        """Returns the bytes that a library's kernel keeps for the way back.

        Args:
            kind: "lstm" or "gru".
            shape: The inputs' shape.
            units: Size of the state.
            dtype: Their dtype's name.

        Returns:
            None if there is no such kernel here.
        """
        return None

    def recurrent(self, kind: str, space: int, *operands: Array) -> tuple[Array, ...]:
        """Returns the outputs of all steps, the last states, and what is kept.

        Args:
            kind: "lstm" or "gru".
            space: How many bytes are kept; these kernels leave them zero.
            *operands: See the class.
        """
        run = self._lstm if kind == "lstm" else self._gru
        kept = self.xp.zeros((space,), dtype=self.dtype("uint8"))
        return *self._at_half(run, operands), kept

    def recurrent_vjp(
        self, kind: str, space: int, *operands: Array
    ) -> tuple[Array, ...]:
        """Returns the gradients of the operands of `recurrent`.

        Args:
            kind: "lstm" or "gru".
            space: How many bytes were kept.
            *operands: Those of `recurrent`, what it has returned, and the gradients of
                the outputs and of the last states.
        """
        run, states = (self._lstm_vjp, 2) if kind == "lstm" else (self._gru_vjp, 1)
        y = operands[4 + states]
        given = (*operands[: 4 + states], y, *operands[6 + 2 * states :])
        return self._at_half(run, given)

    def _at_half(self, run: Any, arrays: tuple[Array, ...]) -> tuple[Array, ...]:
        """Calls a kernel that computes half precision in float32."""
        dtype = self.dtype_name(arrays[0])
        wide = "float32" if dtype in ("float16", "bfloat16") else dtype
        made = run(*(self.cast(x, wide) for x in arrays))
        return tuple(self.cast(x, dtype) for x in made)

    def _lstm(
        self, x: Array, w: Array, u: Array, b: Array, h: Array, c: Array
    ) -> tuple[Array, ...]:
        xp, outputs = self.xp, []
        projected = xp.matmul(x, w) + b
        for t in range(x.shape[1]):
            i, f, g, o = self._lstm_gates(projected[:, t, :] + xp.matmul(h, u))
            c = f * c + i * g
            h = o * xp.tanh(c)
            outputs.append(h)
        return xp.stack(outputs, axis=1), h, c

    def _lstm_vjp(
        self,
        x: Array,
        w: Array,
        u: Array,
        b: Array,
        h: Array,
        c: Array,
        y: Array,
        g: Array,
        g_h: Array,
        g_c: Array,
    ) -> tuple[Array, ...]:
        xp, slopes = self.xp, []
        before = _before(xp, h, y)
        i, f, a, o = self._lstm_gates(xp.matmul(x, w) + xp.matmul(before, u) + b)
        cells = [c]
        for t in range(x.shape[1]):
            cells.append(f[:, t, :] * cells[t] + i[:, t, :] * a[:, t, :])
        for t in reversed(range(x.shape[1])):
            it, ft, at, ot = (part[:, t, :] for part in (i, f, a, o))
            g_h = g_h + g[:, t, :]
            bent = xp.tanh(cells[t + 1])
            g_c = g_c + g_h * ot * (1.0 - bent * bent)
            parts = (
                g_c * at * it * (1.0 - it),
                g_c * cells[t] * ft * (1.0 - ft),
                g_c * it * (1.0 - at * at),
                g_h * bent * ot * (1.0 - ot),
            )
            slopes.append(xp.concat(parts, axis=-1))
            g_h, g_c = xp.matmul(slopes[-1], u.T), g_c * ft
        slope = xp.stack(slopes[::-1], axis=1)
        gu, gb = _product(xp, before, slope), xp.sum(slope, axis=(0, 1))
        return xp.matmul(slope, w.T), _product(xp, x, slope), gu, gb, g_h, g_c

    def _gru(
        self, x: Array, w: Array, u: Array, b: Array, h: Array
    ) -> tuple[Array, ...]:
        xp, outputs = self.xp, []
        projected = xp.matmul(x, w) + b[0, :]
        for t in range(x.shape[1]):
            z, _, a, _ = self._gru_gates(projected[:, t, :], xp.matmul(h, u) + b[1, :])
            h = a + z * (h - a)
            outputs.append(h)
        return xp.stack(outputs, axis=1), h

    def _gru_vjp(
        self,
        x: Array,
        w: Array,
        u: Array,
        b: Array,
        h: Array,
        y: Array,
        g: Array,
        g_h: Array,
    ) -> tuple[Array, ...]:
        xp, slopes, inner = self.xp, [], []
        before = _before(xp, h, y)
        parts = self._gru_gates(
            xp.matmul(x, w) + b[0, :], xp.matmul(before, u) + b[1, :]
        )
        for t in reversed(range(x.shape[1])):
            z, r, a, seen = (part[:, t, :] for part in parts)
            g_h = g_h + g[:, t, :]
            ga = g_h * (1.0 - z) * (1.0 - a * a)
            gz = g_h * (before[:, t, :] - a) * z * (1.0 - z)
            gr = ga * seen * r * (1.0 - r)
            slopes.append(xp.concat((gz, gr, ga), axis=-1))
            inner.append(xp.concat((gz, gr, ga * r), axis=-1))
            g_h = g_h * z + xp.matmul(inner[-1], u.T)
        outer, slope = (xp.stack(s[::-1], axis=1) for s in (slopes, inner))
        gb = xp.stack([xp.sum(s, axis=(0, 1)) for s in (outer, slope)])
        gw, gu = _product(xp, x, outer), _product(xp, before, slope)
        return xp.matmul(outer, w.T), gw, gu, gb, g_h

    def _lstm_gates(self, sums: Array) -> tuple[Array, ...]:
        """Returns the gates `i`, `f`, the candidate, and `o` of an LSTM."""
        i, f, a, o = _split(sums, 4)
        return self.sigmoid(i), self.sigmoid(f), self.xp.tanh(a), self.sigmoid(o)

    def _gru_gates(self, xs: Array, hs: Array) -> tuple[Array, ...]:
        """Returns the gates `z`, `r`, the candidate, and what `r` multiplies."""
        (xz, xr, xa), (hz, hr, ha) = _split(xs, 3), _split(hs, 3)
        r = self.sigmoid(xr + hr)
        return self.sigmoid(xz + hz), r, self.xp.tanh(xa + r * ha), ha


def _split(x: Array, count: int) -> list[Array]:
    n = x.shape[-1] // count
    return [x[..., k * n : (k + 1) * n] for k in range(count)]


def _before(xp: Any, first: Array, y: Array) -> Array:
    """Returns the states that the steps begin with."""
    return xp.concat((xp.expand_dims(first, axis=1), y[:, :-1, :]), axis=1)


def _product(xp: Any, x: Array, slope: Array) -> Array:
    """Returns the gradient of a matrix, summed over batch and time."""
    rows, slopes = (xp.reshape(a, (-1, a.shape[-1])) for a in (x, slope))
    return xp.matmul(rows.T, slopes)
