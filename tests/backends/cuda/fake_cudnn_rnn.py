"""A cuDNN that computes recurrent networks with NumPy, by the formulas of its manual.

It is called as the shared object is, with handles and references of `ctypes`, and knows
of each call what the header says of it. Descriptors are read when it is called, memory
when `put` runs the work. Weights lie in an order of its own, with gaps; what is kept
for the way back is written over there, as the library does.
"""

import ctypes
from functools import partial
from types import SimpleNamespace

import numpy as np
from numpy.lib.stride_tricks import as_strided

from kerasish.backends.cuda.cudnn_rnn import _SIGNATURES

KINDS = {0: np.float32, 2: np.float16}
try:
    from ml_dtypes import bfloat16

    KINDS[9] = bfloat16
except ImportError:
    pass
LSTM, GRU = 2, 3
NOT_SUPPORTED, BAD_PARAMETER = 3000, 2000


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def array(pointer, shape, kind, strides=None):
    """Returns the memory at an address; strides count elements."""
    size = np.dtype(kind).itemsize
    strides = strides or [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]
    count = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    raw = (ctypes.c_uint8 * (count * size)).from_address(pointer)
    return as_strided(np.frombuffer(raw, kind), shape, [s * size for s in strides])


class Network:
    """What a call is told of: sizes, and how weights and what is kept lie."""

    def __init__(self, rnn, x):
        _, self.mode, *_, self.features, self.units, _, _, _, _ = rnn.args
        self.kind = KINDS[rnn.args[5]]
        self.gates = 4 if self.mode == LSTM else 3
        if x is not None:
            dtype, _, self.time, self.batch, size, *_ = x.args
            assert (dtype, size) == (rnn.args[5], self.features)

    def places(self):
        """Returns for each matrix its start, strides and the bias's start; the end."""
        at, places = 3, {}
        for k in reversed(range(2 * self.gates)):
            n = self.features if k < self.gates else self.units
            strides = (n + 1, 1) if k < self.gates else (1, self.units + 2)
            bias = at + self.units * (n + 3) + n
            places[k] = at, strides, bias
            at = bias + self.units + 1
        return places, at

    def weights(self, pointer):
        size, (places, _) = np.dtype(self.kind).itemsize, self.places()
        found = []
        for k in range(2 * self.gates):
            at, strides, bias = places[k]
            n = self.features if k < self.gates else self.units
            found.append(
                (
                    array(pointer + at * size, (self.units, n), self.kind, strides),
                    array(pointer + bias * size, (self.units,), self.kind),
                )
            )
        return found

    def kept(self, pointer):
        """Returns how far things are, and what is kept, gate by gate."""
        shape = (self.gates + 1, self.batch, self.time, self.units)
        return array(pointer, (1,), np.int64), array(pointer + 8, shape, np.float64)

    @property
    def reserve(self):
        return 8 + 8 * (self.gates + 1) * self.batch * self.time * self.units

    def values(self, pointer, size):
        return array(pointer, (self.batch, self.time, size), self.kind)

    def state(self, pointer):
        shape = (self.batch, self.units)
        return (
            np.zeros(shape) if pointer is None else array(pointer, shape, self.kind)
        ).astype(float)

    def put(self, pointer, value):
        if pointer is not None:
            array(pointer, value.shape, self.kind)[...] = value


class Calls:
    """The functions of the library.

    Args:
        refuses: Algorithms that it does not have.
        wrong: Algorithms whose numbers are wrong.
    """

    def __init__(self, refuses=(), wrong=()):
        self.held, self.launches = {}, []
        self.refuses, self.wrong = refuses, wrong
        self.put = lambda work: work()
        for name in _SIGNATURES:
            kind = name.removeprefix("cudnn")
            if kind.startswith(("CreateRNN", "CreateTensor")) or kind == "Create":
                self._offer(name, self._create)
            elif kind.startswith("Destroy"):
                self._offer(name, self._destroy)
            else:
                self._offer(name, getattr(self, f"_{kind}"))

    def _offer(self, name, method):
        # Like a function of a shared object it can be given its signature.
        setattr(self, name, lambda *args: method(*args) or 0)

    def _create(self, reference):
        reference._obj.value = len(self.held) + 1
        self.held[reference._obj.value] = SimpleNamespace(freed=False)

    def _destroy(self, handle):
        self.held[handle.value].freed = True

    def _of(self, handle):
        assert not self.held[handle.value].freed
        return self.held[handle.value]

    def _SetStream(self, handle, stream):
        self._of(handle).stream = stream

    def _SetRNNDescriptor_v8(self, rnn, *args):
        algorithm, mode, bias, way, start, dtype, precision, math, *rest = args
        assert (mode in (LSTM, GRU), bias, way, start, precision) == (True, 2, 0, 0, 0)
        assert math in ((0, 3) if dtype == 0 else (1,))
        _, units, *rest = rest
        assert rest == [units, 1, None, 1]
        self._of(rnn).args = args
        return NOT_SUPPORTED if algorithm in self.refuses else 0

    def _SetRNNDataDescriptor(self, made, *args):
        _, layout, time, batch, _, lengths, fill = args
        if batch < 1:
            return BAD_PARAMETER
        assert (layout, [*lengths._obj], fill._obj.value) == (2, [time] * batch, 0)
        self._of(made).args = args
        return 0

    def _SetTensorNdDescriptor(self, made, dtype, count, sizes, strides):
        self._of(made).told = [*sizes._obj], [*strides._obj]
        assert count == len(sizes._obj) == len(strides._obj)

    def _GetTensorNdDescriptor(self, made, wanted, dtype, count, sizes, strides):
        told = self._of(made).told
        sizes._obj[:], strides._obj[:] = told
        count._obj.value = wanted

    def _GetRNNWeightSpaceSize(self, handle, rnn, size):
        network = Network(self._of(rnn), None)
        size._obj.value = network.places()[1] * np.dtype(network.kind).itemsize

    def _GetRNNTempSpaceSizes(self, handle, rnn, mode, x, scratch, reserve):
        scratch._obj.value = 64 + mode
        network = Network(self._of(rnn), self._of(x))
        reserve._obj.value = network.reserve if mode else 0

    def _GetRNNWeightParams(self, handle, rnn, layer, size, base, k, m, at, b, to):
        network = Network(self._of(rnn), None)
        places, end = network.places()
        itemsize = np.dtype(network.kind).itemsize
        assert (layer, size) == (0, end * itemsize)
        start, strides, bias = places[k]
        n = network.features if k < network.gates else network.units
        self._of(m).told = [1, network.units, n], [n * network.units, *strides]
        self._of(b).told = [1, network.units, 1], [network.units, 1, 1]
        at._obj.value, to._obj.value = base + start * itemsize, base + bias * itemsize

    # ------------------------------------------------------------------- launches

    def _started(self, name, handle, rnn, x, spaces):
        """Notes a launch; checks the memory that it is given."""
        network = Network(self._of(rnn), self._of(x))
        weight_size, _, scratch_size, scratch, reserve_size, _ = spaces
        assert weight_size == network.places()[1] * np.dtype(network.kind).itemsize
        assert scratch_size == 65 and scratch
        assert reserve_size in (0, network.reserve)
        self.launches.append((name, self._of(handle).stream, self._of(rnn).args[0]))
        network.factor = 2 if self._of(rnn).args[0] in self.wrong else 1
        return network

    def _RNNForward(self, handle, rnn, mode, lengths, xd, x, yd, y, *rest):
        h_told, hx, hy, _, cx, cy, *spaces = rest
        net = self._started("forward", handle, rnn, xd, spaces)
        shape = [1, net.batch, net.units]
        assert self._of(h_told).told == (shape, [net.batch * net.units, net.units, 1])
        assert self._of(yd).args[2:5] == (net.time, net.batch, net.units)
        assert lengths is None and bool(mode) == bool(spaces[4])
        self.put(partial(_forward, net, mode, x, y, hx, hy, cx, cy, spaces))

    def _RNNBackwardData_v8(self, handle, rnn, lengths, yd, y, dy, xd, dx, *rest):
        _, hx, dhy, dhx, _, cx, dcy, dcx, *spaces = rest
        net = self._started("backward", handle, rnn, xd, spaces)
        states = hx, dhy, dhx, cx, dcy, dcx
        self.put(partial(_backward, net, y, dy, dx, *states, spaces))

    def _RNNBackwardWeights_v8(self, handle, rnn, mode, lengths, xd, x, hd, hx, *rest):
        _, y, *spaces = rest
        net = self._started("weights", handle, rnn, xd, spaces)
        assert mode == 0
        self.put(partial(_of_weights, net, x, hx, y, spaces))


def _forward(net, mode, x, y, hx, hy, cx, cy, spaces):
    inputs = net.values(x, net.features).astype(float)
    h, c, outputs, held = net.state(hx), net.state(cx), [], []
    for t in range(net.time):
        h, c, parts = _step(net, net.weights(spaces[1]), inputs[:, t], h, c)
        outputs.append(h)
        held.append(parts)
    net.values(y, net.units)[...] = net.factor * np.stack(outputs, 1)
    net.put(hy, h)
    net.put(cy, c)
    if mode:
        stage, kept = net.kept(spaces[5])
        stage[0], kept[...] = 1, np.array(held).transpose(1, 2, 0, 3)


def _backward(net, y, dy, dx, hx, dhy, dhx, cx, dcy, dcx, spaces):
    stage, kept = net.kept(spaces[5])
    assert stage[0] == 1, "what is kept is that of a forward pass"
    weights = net.weights(spaces[1])
    states = [net.state(hx)[:, None], net.values(y, net.units).astype(float)]
    before = np.concatenate(states, 1)
    g, gh, gc = net.values(dy, net.units), net.state(dhy), net.state(dcy)
    gx = np.zeros((net.batch, net.time, net.features))
    back = _back_lstm if net.mode == LSTM else _back_gru
    for t in reversed(range(net.time)):
        old = kept[4, :, t - 1] if t and net.mode == LSTM else net.state(cx)
        slopes, gh, gc = back(kept[:, :, t], before[:, t], old, gh + g[:, t], gc)
        kept[:, :, t] = slopes
        for k, slope in enumerate(slopes[: net.gates]):
            gx[:, t] += slope @ weights[k][0].astype(float)
        for k, slope in enumerate(_of_states(net, slopes)):
            gh = gh + slope @ weights[net.gates + k][0].astype(float)
    stage[0] = 2
    net.values(dx, net.features)[...] = gx
    net.put(dhx, gh)
    net.put(dcx, gc)


def _of_weights(net, x, hx, y, spaces):
    stage, kept = net.kept(spaces[5])
    assert stage[0] == 2, "after the gradient of the inputs"
    inputs = net.values(x, net.features).astype(float)
    states = [net.state(hx)[:, None], net.values(y, net.units).astype(float)]
    before = np.concatenate(states, 1)[:, :-1]
    weights, slopes = net.weights(spaces[1]), list(kept)
    pairs = [(s, inputs) for s in slopes[: net.gates]]
    pairs += [(s, before) for s in _of_states(net, slopes)]
    for (matrix, bias), (slope, seen) in zip(weights, pairs, strict=True):
        matrix += np.einsum("btu,btn->un", slope, seen).astype(net.kind)
        bias += slope.sum((0, 1)).astype(net.kind)


def _step(net, weights, x, h, c):
    """Returns the states after a step, and what the way back needs of it."""
    wide = [(m.astype(float), b.astype(float)) for m, b in weights]
    xs = [x @ m.T + b for m, b in wide[: net.gates]]
    hs = [h @ m.T + b for m, b in wide[net.gates :]]
    if net.mode == LSTM:
        i, f, new, o = (a + b for a, b in zip(xs, hs, strict=True))
        i, f, new, o = sigmoid(i), sigmoid(f), np.tanh(new), sigmoid(o)
        c = f * c + i * new
        return o * np.tanh(c), c, [i, f, new, o, c]
    r, i = sigmoid(xs[0] + hs[0]), sigmoid(xs[1] + hs[1])
    new = np.tanh(xs[2] + r * hs[2])
    return (1 - i) * new + i * h, c, [r, i, new, hs[2]]


def _back_lstm(parts, h, old, g, gc):
    i, f, new, o, c = parts
    bent = np.tanh(c)
    gc = gc + g * o * (1 - bent**2)
    slopes = [gc * new * i * (1 - i), gc * old * f * (1 - f), gc * i * (1 - new**2)]
    slopes += [g * bent * o * (1 - o), np.zeros_like(g)]
    return slopes, 0, gc * f


def _back_gru(parts, h, old, g, gc):
    r, i, new, seen = parts
    g_new = g * (1 - i) * (1 - new**2)
    slopes = [g_new * seen * r * (1 - r), g * (h - new) * i * (1 - i), g_new]
    return [*slopes, g_new * r], g * i, gc


def _of_states(net, slopes):
    """Returns the slopes at the products with the states."""
    return slopes[:4] if net.mode == LSTM else [*slopes[:2], slopes[3]]
