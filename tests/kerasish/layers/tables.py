"""Tests of layers against tables of values of Keras; a test file names its table.

    class TestTable(SmallTable):
        names = NAMES

Each row has a class, its arguments, an array, weights and what Keras made of them.
"""

import numpy as np

import kerasish as keras
from kerasish import layers
from tests.golden import reference, stored_layers
from tests.golden.stored_layers import new

__all__ = ["SmallTable", "WideTable"]


class _Table:
    """The tests of a table; `names` are the classes whose rows are taken."""

    names = ()

    def pytest_generate_tests(self, metafunc):
        """Gives each test its rows."""
        if "row" in metafunc.fixturenames:
            metafunc.parametrize("row", self.rows(), ids=self.identify)


class SmallTable(_Table):
    """A few rows for each layer: values, shapes, configs, and a model that is saved."""

    identify = staticmethod(reference.identify)

    def rows(self):
        """Returns the rows of the classes."""
        return reference.rows("layers", self.names)

    @staticmethod
    def data(row):
        """Returns the inputs of a row."""
        x = np.array(reference.reference()["inputs"][row["x"]])
        return x if row["x"] == "i" else x.astype("float32")

    def made(self, row):
        """Returns a layer with the weights of a row, and its inputs."""
        layer, x = new(row), self.data(row)
        layer(x)
        layer.set_weights([np.array(w) for w in row["weights"]])
        return layer, x

    def symbolic(self, row):
        """Returns a symbolic input like that of a row."""
        dtype = "int32" if row["x"] == "i" else "float32"
        return keras.Input(self.data(row).shape[1:], dtype=dtype)

    def test_outputs_are_those_of_keras(self, row):
        layer, x = self.made(row)
        np.testing.assert_allclose(layer(x), row["y"], rtol=2e-5, atol=2e-5)

    def test_symbolic_shapes_are_those_computed(self, row):
        layer, expected = new(row), np.shape(row["y"])
        assert layer(self.symbolic(row)).shape == (None, *expected[1:])
        assert tuple(layer.compute_output_shape(self.data(row).shape)) == expected

    def test_config_makes_the_same_layer(self, row):
        layer, x = self.made(row)
        again = layers.deserialize(layers.serialize(layer))
        assert again.get_config() == layer.get_config()
        again(x)
        again.set_weights(layer.get_weights())
        np.testing.assert_array_equal(again(x), layer(x))
        assert set(vars(again)) == set(vars(layer))

    def test_a_model_of_it_trains_and_is_saved(self, row, tmp_path):
        x, inputs = self.data(row), self.symbolic(row)
        outputs = layers.Dense(1)(layers.Flatten()(new(row)(inputs)))
        model = keras.Model(inputs, outputs)
        model.compile("sgd", "mse")
        assert np.isfinite(model.train_on_batch(x, np.ones(len(x), "float32")))
        model.save(tmp_path / "x.keras")
        again = keras.saving.load_model(tmp_path / "x.keras")
        np.testing.assert_allclose(
            again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6
        )


class WideTable(_Table):
    """Every option of a layer: values, weights, configs, shapes and dtypes.

    `area` is the file of the rows, `atol` what values may be off beside 1e-5 of them.
    """

    area = ""
    atol = 1e-5
    identify = staticmethod(stored_layers.identify)

    def rows(self):
        """Returns the rows of the classes."""
        found = stored_layers.stored(self.area)["layers"]
        return [row for row in found if row["cls"] in self.names]

    def test_outputs_are_those_of_keras(self, row):
        layer, x = stored_layers.made(self.area, row)
        y = layer(x)
        assert (list(y.shape), y.dtype) == (list(np.shape(row["y"])), row["out_dtype"])
        np.testing.assert_allclose(y, row["y"], rtol=1e-5, atol=self.atol)
        assert [w.name for w in layer.weights] == row.get("names", [])

    def test_configs_are_those_of_keras(self, row):
        assert stored_layers.config(new(row)) == row["config"]

    def test_symbolic_shapes_and_dtypes(self, row):
        layer, x = stored_layers.made(self.area, row)
        free = (*[None] * (x.ndim - 1), x.shape[-1])
        expected = tuple(row.get("free", free))
        assert tuple(layer.compute_output_shape(free)) == expected
        assert layer.compute_output_shape(x.shape) == np.shape(row["y"])
        symbolic = layer(keras.KerasTensor(free, dtype=str(x.dtype)))
        assert (symbolic.shape, symbolic.dtype) == (expected, row["out_dtype"])

    def test_the_config_makes_the_same_layer(self, row):
        layer, x = stored_layers.made(self.area, row)
        again = layers.deserialize(layers.serialize(layer))
        assert again.get_config() == layer.get_config()
        again(x)
        again.set_weights(layer.get_weights())
        np.testing.assert_array_equal(again(x), layer(x))
