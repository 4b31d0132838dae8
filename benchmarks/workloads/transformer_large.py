"""Twelve pre-norm transformer blocks: width 768, 12 heads, 512 words, in bfloat16."""

import keras
from keras import layers

__all__ = ["build"]


def build():
    """Returns the compiled model."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    inputs = keras.Input((512,), dtype="int32")
    x = layers.Embedding(5000, 768)(inputs)
    for _ in range(12):
        y = layers.LayerNormalization()(x)
        x = layers.add([x, layers.MultiHeadAttention(12, 64)(y, y)])
        y = layers.Dense(3072, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.add([x, layers.Dense(768)(y)])
    x = layers.GlobalAveragePooling1D()(x)
    outputs = layers.Dense(2, activation="softmax", dtype="float32")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
