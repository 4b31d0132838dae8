"""Models that take text: as fast and as exact as with text looked up before."""

import copy

import numpy as np
import pandas as pd
import pytest

import kerasish as keras
from kerasish import layers
from kerasish.data import PyDataset
from kerasish.models.host_part import HostPart, holds_text

X = np.array(["good fun film", "bad dull film", "fun good", "dull bad bad"] * 8)
Y = np.array([1, 0, 1, 0] * 8)


def vectorizer():
    """Returns a layer that has learnt the texts."""
    layer = layers.TextVectorization()
    layer.adapt(X)
    return layer


def rest():
    """Returns the layers behind it."""
    return [
        layers.Embedding(20, 8, mask_zero=True),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]


def functional():
    """Returns a functional model of text."""
    inputs = keras.Input((1,), dtype="string")
    x = vectorizer()(inputs)
    for layer in rest():
        x = layer(x)
    return keras.Model(inputs, x)


def sequential():
    """Returns a model with an input."""
    return keras.Sequential([keras.Input((1,), dtype="string"), vectorizer(), *rest()])


def unbuilt():
    """Returns a model that learns its input's shape from data."""
    return keras.Sequential([vectorizer(), *rest()])


class Subclassed(keras.Model):
    """A model of text whose graph nobody knows."""

    def __init__(self):
        super().__init__()
        self.front = vectorizer()
        self.parts = rest()

    def call(self, inputs):
        """Returns the outputs."""
        x = self.front(inputs)
        for layer in self.parts:
            x = layer(x)
        return x


def nested():
    """Returns a model around a model of text."""
    inputs = keras.Input((1,), dtype="string")
    return keras.Model(inputs, functional()(inputs))


def fitted(model, x, **kw):
    """Returns the losses of some training."""
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy", **kw)
    history = model.fit(
        x, Y, epochs=4, batch_size=8, shuffle=False, validation_split=0.25, verbose=0
    )
    return history.history["loss"] + history.history["val_loss"]


@pytest.mark.parametrize("make", [functional, sequential, unbuilt, Subclassed, nested])
def test_training_is_that_on_numbers(make):
    ids = vectorizer()(X)
    numbers = keras.Sequential([keras.Input((3,), dtype="int64"), *rest()])
    keras.utils.set_random_seed(0)
    model = make()
    if not model.built:
        model(X)
    numbers.set_weights(model.get_weights())
    wanted = fitted(numbers, ids)
    assert wanted[3] < 0.7 * wanted[0]
    np.testing.assert_allclose(fitted(model, X), wanted, rtol=1e-3)
    expected = numbers.predict(ids, verbose=0)
    for x in (
        X,
        X[:, None],
        X.tolist(),
        X.astype(object),
        pd.Series(X),
        np.char.encode(X),
    ):
        found = model.predict(x, batch_size=5, verbose=0)
        np.testing.assert_allclose(found, expected, rtol=1e-3)
    np.testing.assert_allclose(model(X), expected, rtol=1e-3)
    np.testing.assert_allclose(model(X.tolist()), expected, rtol=1e-3)
    np.testing.assert_allclose(model.predict_on_batch(X), expected, rtol=1e-3)


@pytest.mark.parametrize("make", [functional, sequential])
def test_the_rest_is_recorded(make):
    model = make()
    fitted(model, X)
    assert model.train_function.plan()
    assert isinstance(model._host_part, HostPart)
    again = copy.deepcopy(model)
    np.testing.assert_array_equal(
        again.predict(X, verbose=0), model.predict(X, verbose=0)
    )


@pytest.mark.parametrize("make", [functional, sequential, unbuilt])
def test_models_are_saved_and_loaded(make, tmp_path):
    model = make()
    fitted(model, X, metrics=["accuracy"])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        again.predict(X, verbose=0), model.predict(X, verbose=0)
    )
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    again.fit(X, Y, verbose=0)


def test_eagerly_as_recorded():
    model = functional()
    wanted = fitted(model, X)
    keras.utils.set_random_seed(3)
    eager = functional()
    start = eager.get_weights()
    first = fitted(eager, X, run_eagerly=True)
    eager.set_weights(start)
    np.testing.assert_allclose(fitted(eager, X), first, rtol=1e-3)
    assert len(wanted) == len(first)


class Batches(PyDataset):
    """Texts and labels in batches."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        rows = slice(index * 8, index * 8 + 8)
        return X[rows], Y[rows]


def test_batches_of_text():
    model = functional()
    model.compile("adam", "binary_crossentropy")
    model.fit(Batches(), verbose=0)
    model.fit(((X[:5].tolist(), Y[:5]) for _ in range(2)), verbose=0)
    found = model.predict((x for x, _ in (Batches()[i] for i in range(4))), verbose=0)
    np.testing.assert_allclose(found, model.predict(X, verbose=0), rtol=1e-6)


def test_text_and_numbers_in_several_inputs():
    city = keras.Input((1,), dtype="string", name="city")
    size = keras.Input((1,), name="size")
    code = keras.Input((1,), dtype="int64", name="code")
    names = layers.StringLookup(output_mode="one_hot")
    names.adapt(["Rome", "Paris"])
    crossed = layers.HashedCrossing(6, output_mode="one_hot")([city, code])
    binned = layers.Discretization([0.0, 1.0])(size)
    looked = layers.IntegerLookup(vocabulary=[0, 2], output_mode="one_hot")(binned)
    x = layers.Concatenate()([names(city), crossed, looked, size])
    model = keras.Model({"city": city, "size": size, "code": code}, layers.Dense(1)(x))
    data = {
        "city": np.array(["Rome", "Paris", "Oslo", "Rome"]),
        "size": np.array([0.5, -1.0, 2.0, 3.0], "float32"),
        "code": np.array([1, 2, 3, 4]),
    }
    model.compile("sgd", "mse")
    model.fit(data, np.ones(4), epochs=9, batch_size=2, verbose=0)
    assert model.train_function.plan()
    found = model.predict(data, verbose=0)
    np.testing.assert_allclose(model(data), found, rtol=1e-6)
    kernel, bias = model.get_weights()
    features = np.zeros((4, 3 + 6 + 3 + 1), "float32")
    features[range(4), names(data["city"]).numpy().argmax(-1)] = 1
    bins = layers.HashedCrossing(6)([data["city"], data["code"]]).numpy()
    features[range(4), 3 + bins] = 1
    features[range(4), 9 + np.array([0, 1, 2, 2])] = 1
    features[:, 12] = data["size"]
    np.testing.assert_allclose(found, features @ kernel + bias, rtol=1e-5, atol=1e-6)


def test_what_is_trained_does_not_come_before():
    inputs = keras.Input((2,))
    x = layers.Dense(3)(inputs)
    ids = keras.ops.argmax(x, axis=-1, keepdims=True)
    looked = layers.IntegerLookup(vocabulary=[1, 2])(ids)
    model = keras.Model(inputs, looked)
    assert model._host_part is None
    assert model(np.ones((2, 2))).shape == (2, 1)
    assert keras.Model(inputs, x)._host_part is None


def test_numbers_hashed_in_a_model():
    inputs = keras.Input((1,), dtype="int64")
    outputs = layers.Dense(1)(layers.Hashing(4, output_mode="one_hot")(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    x = np.arange(12)[:, None]
    model.fit(x, np.ones(12), batch_size=4, epochs=2, verbose=0)
    np.testing.assert_allclose(model(x), model.predict(x, verbose=0), rtol=1e-6)


def test_text_in_a_model_of_numbers():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    message = 'takes numbers of dtype float32. Received: text. Give it `dtype="string"`'
    for call in (model, model.predict, lambda x: model.fit(x, Y, verbose=0)):
        with pytest.raises(TypeError, match=message):
            call(X)


def test_text_is_found_in_structures():
    assert holds_text({"a": np.ones(2), "b": [X]})
    assert not holds_text({"a": np.ones(2), "b": None})
    assert not holds_text(None)
