"""A convolutional autoencoder of 28 x 28 images."""

import keras
from keras import layers

__all__ = ["build"]


def build():
    """Returns the compiled model."""
    like = {"strides": 2, "padding": "same", "activation": "relu"}
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, **like),
            layers.Conv2D(64, 3, **like),
            layers.Conv2DTranspose(64, 3, **like),
            layers.Conv2DTranspose(32, 3, **like),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    return model
