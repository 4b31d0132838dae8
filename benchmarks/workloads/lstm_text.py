"""A classifier of texts of 80 words: embedding and LSTM of 128 units."""

import keras
from keras import layers

__all__ = ["build"]


def build():
    """Returns the compiled model."""
    model = keras.Sequential(
        [
            keras.Input((80,), dtype="int32"),
            layers.Embedding(5000, 128),
            layers.LSTM(128),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model
