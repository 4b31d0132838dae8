"""A wide classifier with dropout: 784-1024-1024-10 with Adam."""

import keras
from keras import layers

__all__ = ["build"]


def build():
    """Returns the compiled model."""
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(1024, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(1024, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
