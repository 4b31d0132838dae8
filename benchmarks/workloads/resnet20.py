"""ResNet-20 for 32 x 32 images, with momentum."""

import keras
from keras import layers

__all__ = ["build"]


def block(x, filters, strides):
    """Returns two convolutions and the short cut around them."""
    like = {"padding": "same", "use_bias": False}
    y = layers.Conv2D(filters, 3, strides, **like)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 3, **like)(y))
    if strides != 1:
        x = layers.Conv2D(filters, 1, strides, **like)(x)
    return layers.ReLU()(layers.add([x, y]))


def build():
    """Returns the compiled model."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for filters in (16, 32, 64):
        for index in range(3):
            x = block(x, filters, 2 if filters > 16 and index == 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
