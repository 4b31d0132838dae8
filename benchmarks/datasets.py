"""Seeded data of the shapes that the workloads train on: inputs, targets, batch."""

import numpy as np

__all__ = ["LARGE", "NAMES", "make"]

# name: (input shape, number of rows, batch size, target)
SHAPES = {
    "mlp_small": ((64,), 1792, 32, 10),
    "mlp_large": ((784,), 6400, 128, 10),
    "cnn_mnist": ((28, 28, 1), 3840, 128, 10),
    "autoencoder": ((28, 28, 1), 3840, 128, "input"),
    "resnet20": ((32, 32, 3), 1280, 128, 10),
    "lstm_text": ((80,), 960, 32, "binary"),
    "gru_series": ((120, 14), 5120, 256, "number"),
    "transformer_text": ((128,), 640, 32, 2),
}
NAMES = list(SHAPES)
# Those that need a GPU.
SHAPES["resnet50"] = ((224, 224, 3), 1280, 128, 1000)
SHAPES["transformer_large"] = ((512,), 320, 32, 2)
LARGE = [name for name in SHAPES if name not in NAMES]


def make(name, quick=False):
    """Returns inputs, targets and the batch size of a workload.

    Rows fill whole batches, so that every step is of one signature. With
    `quick` there are two batches, enough to see that everything works.
    """
    shape, rows, batch, target = SHAPES[name]
    rows = 2 * batch if quick else rows
    rng = np.random.default_rng(0)
    if name.endswith("_text") or name == "transformer_large":
        x = rng.integers(0, 5000, (rows, *shape)).astype("int32")
    else:
        x = rng.random((rows, *shape), dtype="float32")
    if target == "input":
        return x, x, batch
    if target == "number":
        return x, rng.random((rows, 1), dtype="float32"), batch
    if target == "binary":
        return x, rng.integers(0, 2, (rows, 1)).astype("float32"), batch
    return x, rng.integers(0, target, rows).astype("int32"), batch
