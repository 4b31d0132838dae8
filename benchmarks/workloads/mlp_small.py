"""A small classifier of tables: 64-128-128-10 with Adam."""

import keras
from keras import layers

__all__ = ["build"]


def build():
    """Returns the compiled model."""
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
