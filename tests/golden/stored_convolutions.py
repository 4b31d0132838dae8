"""Convolution and pooling layers run by Keras; `convolutional.json` says how."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from kerasish import layers, ops
from kerasish.autodiff import GradientTape

__all__ = [
    "Row",
    "check_config",
    "check_gradients",
    "check_outputs",
    "configs",
    "inputs",
    "masked",
    "rows",
    "values",
]


class Row:
    """One layer, its input and what came out.

    It has these attributes:

        name: What the test is called.
        cls, kwargs: The layer.
        x, y: Its input and its output.
        weights: Names and shapes.
    """

    def __init__(self, stored):
        self.cls = stored["cls"]
        self.kwargs = {k: tupled(v) for k, v in stored["kw"].items()}
        self.x = inputs(stored["x"])
        self.y = np.reshape(stored["y"], stored["shape"])
        self.weights = [(name, tuple(shape)) for name, shape in stored["weights"]]
        told = "-".join(f"{k}={v}" for k, v in stored["kw"].items())
        self.name = f"{self.cls}-{'x'.join(map(str, stored['x']))}-{told}"

    def layer(self, **more):
        """Returns the layer with the weights of the stored output."""
        layer = getattr(layers, self.cls)(**self.kwargs, **more)
        layer.build(self.x.shape)
        layer.set_weights(
            [values(shape, i) for i, (_, shape) in enumerate(self.weights)]
        )
        return layer


@cache
def stored():
    """Returns what the file holds."""
    path = Path(__file__).parent / "convolutional.json"
    return json.loads(path.read_text("utf-8"))


@cache
def rows(*classes):
    """Returns the rows of some classes."""
    found = [Row(r) for r in stored()["rows"] if r["cls"] in classes]
    assert {r.cls for r in found} == set(classes)
    return found


def configs(*classes):
    """Returns class, arguments and config of some classes."""
    return [
        (cls, {k: tupled(v) for k, v in kwargs.items()}, as_ours(config))
        for cls, kwargs, config in stored()["configs"]
        if cls in classes
    ]


def check_outputs(row):
    """Compares a layer's weights, outputs and shapes with those stored."""
    layer = row.layer()
    assert [(w.name, w.shape) for w in layer.weights] == row.weights
    np.testing.assert_allclose(layer(row.x), row.y, rtol=1e-4, atol=1e-4)
    assert layer.compute_output_shape(row.x.shape) == row.y.shape


def check_gradients(row):
    """Compares gradients along a direction with central differences in float64."""
    layer = row.layer(dtype="float64")
    starts = [row.x.astype("float64"), *(w.numpy() for w in layer.weights)]
    rng = np.random.default_rng(0)
    ways = [rng.normal(size=a.shape) for a in starts]
    share = rng.normal(size=row.y.shape)

    def total(step):
        x, *weights = (a + step * d for a, d in zip(starts, ways, strict=True))
        layer.set_weights(weights)
        return float(ops.sum(layer(x) * share))

    expected = (total(1e-5) - total(-1e-5)) / 2e-5
    layer.set_weights(starts[1:])
    x = ops.convert_to_tensor(starts[0])
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(layer(x) * share)
    gradients = tape.gradient(y, [x, *layer.trainable_variables])
    found = sum(np.sum(g * d) for g, d in zip(gradients, ways, strict=True))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


def check_config(cls, kwargs, config):
    """Compares a layer's config, and that of what is made of it, with one stored."""
    layer = getattr(layers, cls)(**kwargs)
    again = layers.deserialize(layers.serialize(layer))
    for one in (layer, again):
        found = {k: v for k, v in one.get_config().items() if k != "name"}
        assert json.loads(json.dumps(found)) == config
    assert set(vars(again)) == set(vars(layer))


def masked():
    """Returns the rows of masked means."""
    return stored()["masked"]


def values(shape, i):
    """Returns the weights that the stored outputs were computed with."""
    made = np.cos(1.3 * np.arange(int(np.prod(shape))) + i)
    return made.reshape(shape).astype("float32")


def inputs(shape):
    """Returns the inputs that the stored outputs were computed with."""
    made = np.sin(0.7 * np.arange(int(np.prod(shape))))
    return made.reshape(shape).astype("float32")


def tupled(value):
    """Returns a list as a tuple."""
    return tuple(value) if isinstance(value, list) else value


def as_ours(config):
    """Returns a config as ours is.

    Initializers leave out axes that are None, and numbers are not rounded to float32.
    """
    if isinstance(config, dict):
        gone = ("input_axes", "output_axes")
        return {k: as_ours(v) for k, v in config.items() if k not in gone}
    return float(f"{config:.7g}") if isinstance(config, float) else config
