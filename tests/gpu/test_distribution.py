"""Sums over processes by NCCL: on one GPU in a graph, on two in training."""

import json
import socket

import numpy as np
import pytest

from kerasish.backends.communication import Communicator, NcclCommunicator, nccl
from tests.backends.communication.launching import by_number

pytestmark = pytest.mark.gpu


class Single(Communicator):
    """A group of one process."""

    def together(self, payload, join):
        return join([payload])


@pytest.fixture
def group(backend):
    if nccl.library() is None:
        pytest.skip("NCCL is not installed")
    return NcclCommunicator(Single(0, 1))


@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "float16", "bfloat16", "int32"]
)
def test_a_sum_is_a_part_of_a_graph(backend, group, dtype):
    x, out = (backend.aligned(1000, dtype) for _ in range(2))
    runs = backend.record([lambda: group.all_reduce(x, out)], ["sum"])
    for k in range(6):
        backend.write(
            x, backend.cast(backend.from_numpy(np.arange(1000) % 50 + k), dtype)
        )
        for run in runs:
            run()
        found = backend.to_numpy(backend.cast(out, "float64"))
        np.testing.assert_array_equal(found, np.arange(1000) % 50 + k)
    assert runs[0]._graph is not None


def test_arrays_of_the_first_process_are_sent(backend, group):
    x = backend.from_numpy(np.arange(5) % 2 == 0)
    group.broadcast(x)
    np.testing.assert_array_equal(backend.to_numpy(x), np.arange(5) % 2 == 0)


SCRIPT = """
    import json
    import numpy as np
    import kerasish as keras

    rng = np.random.default_rng(0)
    x = rng.standard_normal((70, 6)).astype("float32")
    y = x.sum(1, keepdims=True)
    made = [keras.initializers.GlorotUniform(seed=s) for s in (1, 2)]

    def trained():
        layers = [
            keras.Input((6,)),
            keras.layers.Dense(8, "tanh", kernel_initializer=made[0]),
            keras.layers.BatchNormalization(synchronized=True),
            keras.layers.Dense(1, kernel_initializer=made[1]),
        ]
        model = keras.Sequential(layers)
        model.compile(keras.optimizers.Adam(0.01, global_clipnorm=1.0), "mse")
        model.fit(x, y, batch_size=8, epochs=4, shuffle=False, verbose=0)
        return [w.tolist() for w in model.get_weights()]

    {scope}
    print(json.dumps(trained()))
"""


def test_two_gpus_train_as_one(backend):
    if backend.device_count < 2:
        pytest.skip("there is one GPU")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    scope = "keras.distribution.set_distribution(keras.distribution.DataParallel())"
    options = {"KERASISH_BACKEND": "cupy", "timeout": 240}
    made = by_number(2, SCRIPT.format(scope=scope), port, **options)
    assert [code for _, _, code in made] == [0, 0], made
    first, second = (json.loads(out) for out, _, _ in made)
    ((alone, error, code),) = by_number(1, SCRIPT.format(scope=""), port, **options)
    assert code == 0, error
    for a, b, c in zip(first, second, json.loads(alone), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_allclose(a, c, rtol=1e-4, atol=1e-5)
