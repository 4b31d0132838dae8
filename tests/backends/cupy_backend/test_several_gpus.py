"""A process of two on the fake device: sums over processes are a part of the graph.

The other process gives the same as this one, so all is as if this one were alone with
its rows of each batch.
"""

import ctypes
import sys
import types

import numpy as np
import pytest

import kerasish as keras
from kerasish import backends
from kerasish.backends.communication import (
    Communicator,
    NcclCommunicator,
    group_scope,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((48, 6)).astype("float32")
Y = RNG.integers(0, 3, 48)


class Twin(Communicator):
    """The first of two processes of which the second gives the same."""

    def __init__(self):
        super().__init__(0, 2)
        self.asked = 0

    def together(self, payload, join):
        self.asked += 1
        return join([payload, payload])


def on_device(cupy, pointer, count, kind):
    dtype = np.dtype({7: "float32", 8: "float64"}[kind])
    raw = (ctypes.c_uint8 * (count * dtype.itemsize)).from_address(pointer)
    return cupy.ndarray(np.frombuffer(raw, dtype))


@pytest.fixture
def group(cupy, backend, monkeypatch):
    """The process, with an NCCL whose sums are launched like kernels."""

    class Nccl:
        sums = 0

        def __init__(self, ndev, commId, rank):
            assert (ndev, rank) == (2, 0)

        def allReduce(self, sendbuf, recvbuf, count, datatype, op, stream):
            assert stream == cupy.cuda.get_current_stream().ptr
            assert op == 0

            def twice(x, to):
                Nccl.sums += 1
                to[...] = x * 2

            ends = sendbuf, recvbuf
            places = [on_device(cupy, p, count, datatype) for p in ends]
            cupy.launch(twice, places)

        def broadcast(self, sendbuff, recvbuff, count, datatype, root, stream):
            assert root == 0

    nccl = types.SimpleNamespace(
        available=True, NcclCommunicator=Nccl, get_unique_id=lambda: bytes(128)
    )
    monkeypatch.setitem(sys.modules, "cupy.cuda.nccl", nccl)
    cupy.cuda.Device = lambda index: types.SimpleNamespace(use=lambda: None)
    made = NcclCommunicator(Twin())
    made.twin, made.nccl = made._group, Nccl
    return made


def fitted(x, y, batch_size, steps_per_execution=1, jit_compile="auto", epochs=4):
    keras.utils.set_random_seed(1)
    stack = [
        keras.Input((6,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.BatchNormalization(synchronized=True),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(3),
    ]
    model = keras.Sequential(stack)
    model.compile(
        keras.optimizers.Adam(1e-2, global_clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution,
        jit_compile=jit_compile,
    )
    options = {"epochs": epochs, "batch_size": batch_size, "verbose": 0}
    history = model.fit(x, y, shuffle=False, **options).history
    return history, model.get_weights()


@pytest.mark.parametrize(
    "options",
    [{}, {"steps_per_execution": 3}, {"jit_compile": False}],
    ids=["graph", "three steps", "kernels"],
)
def test_training_is_that_on_half_of_each_batch(group, cupy, options):
    with group_scope(group):
        history, weights = fitted(X, Y, 16, **options)
    assert bool(cupy.counts["graphs"]) is (options.get("jit_compile") is not False)
    assert group.nccl.sums > 40  # those of the gradients and of the statistics
    rows = np.arange(48).reshape(3, 16)[:, :8].reshape(-1)
    backends.set_backend("numpy")
    expected, others = fitted(X[rows], Y[rows], 8, **options)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4)
    for a, b in zip(weights, others, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_nothing_is_asked_or_waited_for_inside_an_epoch(group, cupy):
    class Counting(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_epoch_begin(self, epoch, logs=None):
            self.before = None

        def on_train_batch_end(self, batch, logs=None):
            now = cupy.counts["waits"], group.twin.asked
            if self.before is not None:
                self.seen.append(now == self.before)
            self.before = now

    counting = Counting()
    with group_scope(group):
        model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
        model.compile("sgd", "mse")
        y = np.eye(3, dtype="float32")[Y]
        options = {"batch_size": 4, "epochs": 3, "verbose": 0}
        model.fit(X, y, callbacks=counting, **options)
    assert counting.seen[-22:] == [True] * 22
