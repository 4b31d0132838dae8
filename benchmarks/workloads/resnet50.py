"""ResNet-50 for 224 x 224 images, with momentum, in bfloat16."""

import keras
from keras import layers

__all__ = ["build"]


def convolved(x, filters, size, strides=1, relu=True):
    """Returns a convolution and its normalisation."""
    padding = "same" if strides == 1 else "valid"
    if strides != 1 and size > 1:
        x = layers.ZeroPadding2D(size // 2)(x)
    x = layers.Conv2D(filters, size, strides, padding, use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-5)(x)
    return layers.ReLU()(x) if relu else x


def block(x, filters, strides):
    """Returns three convolutions and the short cut around them."""
    y = convolved(x, filters, 1)
    y = convolved(y, filters, 3, strides)
    y = convolved(y, 4 * filters, 1, relu=False)
    if strides != 1 or x.shape[-1] != 4 * filters:
        x = convolved(x, 4 * filters, 1, strides, relu=False)
    return layers.ReLU()(layers.add([x, y]))


def build():
    """Returns the compiled model."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    inputs = keras.Input((224, 224, 3))
    x = convolved(inputs, 64, 7, 2)
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    for filters, count in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for index in range(count):
            x = block(x, filters, 2 if filters > 64 and index == 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(1000, activation="softmax", dtype="float32")(x)
    model = keras.Model(inputs, outputs)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
