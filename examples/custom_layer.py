"""A layer, a loss, a metric and a model of your own, that still train with `fit`.

How ill will a patient be in a year, at worst? From ten measurements of each of 442
diabetes patients (they come with scikit-learn) the model predicts a bound: nine
patients in ten should end below it. Nothing built in does that, so all parts are our
own; registered, they are saved and loaded as any others.

Run it:  python examples/custom_layer.py
"""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

import kerasish as keras
from kerasish import layers, ops


@keras.saving.register_keras_serializable("examples")
class GatedDense(layers.Layer):
    """A dense layer whose outputs are opened and shut by gates: (x W) sigmoid(x V)."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        """Makes the weights, once the number of features is known."""
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape, initializer="glorot_uniform", name="w")
        self.gate = self.add_weight(shape, initializer="glorot_uniform", name="v")

    def call(self, inputs):
        """Computes the outputs; the gradients follow by themselves."""
        opened = ops.sigmoid(ops.matmul(inputs, self.gate))
        return ops.matmul(inputs, self.kernel) * opened

    def get_config(self):
        """Returns what `__init__` needs to make this layer again."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("examples")
class PinballLoss(keras.losses.Loss):
    """Punishes a bound that is too low `quantile` times, one too high `1 - quantile`.

    The bound of least loss is that quantile: Koenker & Bassett (1978), "Regression
    Quantiles".
    """

    def __init__(self, quantile=0.5, **kwargs):
        super().__init__(**kwargs)
        self.quantile = quantile

    def call(self, y_true, y_pred):
        """Returns the loss of each row; `Loss` weighs and averages them."""
        missing = y_true - y_pred
        each = ops.maximum(self.quantile * missing, (self.quantile - 1) * missing)
        return ops.mean(each, axis=-1)

    def get_config(self):
        """Returns what `__init__` needs to make this loss again."""
        return {**super().get_config(), "quantile": self.quantile}


@keras.saving.register_keras_serializable("examples")
class Coverage(keras.metrics.Metric):
    """The share of targets that lie below the predicted bound."""

    def __init__(self, name="coverage", **kwargs):
        super().__init__(name=name, **kwargs)
        self.below = self.add_weight(initializer="zeros", name="below")
        self.seen = self.add_weight(initializer="zeros", name="seen")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Counts one batch."""
        below = ops.cast(ops.less_equal(y_true, y_pred), self.dtype)
        self.below.assign_add(ops.sum(below))
        self.seen.assign_add(ops.cast(ops.size(below), self.dtype))

    def result(self):
        """Returns the share so far in this epoch."""
        return self.below / self.seen


@keras.saving.register_keras_serializable("examples")
class BoundModel(keras.Model):
    """A gated layer beside a plain one: what is not linear is added to what is."""

    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.gated = GatedDense(units)
        self.dropout = layers.Dropout(0.2)
        self.bend = layers.Dense(1, use_bias=False)
        self.line = layers.Dense(1)

    def call(self, inputs, training=False):
        """Computes the bounds of a batch of patients."""
        gated = self.dropout(self.gated(inputs), training=training)
        return self.line(inputs) + self.bend(gated)

    def get_config(self):
        """Returns what `__init__` needs to make this model again."""
        return {**super().get_config(), "units": self.units}


def main(epochs=100, quantile=0.9):
    """Trains, saves, loads, and returns the coverage among unseen patients."""
    x, y = load_diabetes(return_X_y=True, scaled=False)
    x_train, x_test, y_train, y_test = train_test_split(
        x, y[:, np.newaxis], random_state=0
    )
    mean, scale = x_train.mean(axis=0), x_train.std(axis=0)
    x_train, x_test = (x_train - mean) / scale, (x_test - mean) / scale
    y_train, y_test = y_train / 100, y_test / 100

    keras.utils.set_random_seed(0)
    model = BoundModel()
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=PinballLoss(quantile),
        metrics=[Coverage()],
    )
    model.fit(x_train, y_train, epochs=epochs, verbose=2 if epochs < 5 else 0)

    # Save the model, load it again, and ask the loaded one.
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "bound.keras")
        loaded = keras.saving.load_model(Path(folder) / "bound.keras")
    results = loaded.evaluate(x_test, y_test, verbose=0, return_dict=True)
    print(
        f"Asked for a bound above {quantile:.0%} of the patients: "
        f"{results['coverage']:.1%} of {len(x_test)} unseen ones are below it "
        f"(pinball loss {results['loss']:.3f})."
    )
    return results["coverage"]


if __name__ == "__main__":
    main()
