"""Train a residual network of 20 layers on small colour images, as for CIFAR-10.

A block learns what to add to its input, so that signals and gradients pass through any
number of blocks (He et al., 2016, https://arxiv.org/abs/1512.03385, section 4.2). The
network, its optimizer and its schedule are those for CIFAR-10; the images are not: so
that nothing has to be downloaded, they are drawn here, ten kinds of shapes in random
colours, sizes and places. Put your own arrays in place of `draw_images`.

Run it:  python examples/resnet.py
"""

import argparse

import numpy as np

import kerasish as keras
from kerasish import layers

SIZE = 32
BATCH_SIZE = 64


def shapes(x, y):
    """Returns where each kind of shape is, at distances from its middle."""
    away, along, across = np.hypot(x, y), abs(x), abs(y)
    far = np.maximum(along, across)
    return [
        away < 1.0,  # disc
        abs(away - 0.8) < 0.2,  # ring
        far < 0.85,  # square
        abs(far - 0.7) < 0.2,  # frame
        along + across < 1.1,  # diamond
        (np.minimum(along, across) < 0.25) & (far < 1.0),  # cross
        (abs(along - across) < 0.3) & (far < 0.9),  # x
        (abs(y) < 0.8) & (along < (y + 1.0) / 2.0),  # triangle
        (np.sin(7.0 * y) > 0.0) & (far < 0.9),  # bars
        (np.sin(7.0 * x) * np.sin(7.0 * y) > 0.0) & (far < 0.9),  # chequers
    ]


def draw_images(count, seed):
    """Returns images `(count, 32, 32, 3)`, and the kind of shape on each."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 10, count)
    radius = rng.uniform(6.0, 12.0, (count, 1, 1))
    middle = rng.uniform(10.0, SIZE - 10.0, (2, count, 1, 1))
    pixels = np.arange(SIZE)
    x = (pixels - middle[0]) / radius
    y = (pixels[:, np.newaxis] - middle[1]) / radius
    inside = np.choose(kinds[:, np.newaxis, np.newaxis], np.array(shapes(x, y)))
    shape, background = rng.uniform(-1.0, 1.0, (2, count, 1, 1, 3))
    images = np.where(inside[..., np.newaxis], shape, background)
    images += rng.normal(0.0, 0.2, images.shape)
    return images.astype("float32"), kinds


def convolution(x, filters, size=3, strides=1):
    """Convolves and normalises; normalising makes a bias needless."""
    x = layers.Conv2D(
        filters,
        size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def residual_block(x, filters, strides):
    """Adds to `x` what two convolutions make of it."""
    y = layers.ReLU()(convolution(x, filters, strides=strides))
    y = convolution(y, filters)
    if strides > 1 or x.shape[-1] != filters:  # bring x to the shape of y
        x = convolution(x, filters, size=1, strides=strides)
    return layers.ReLU()(layers.Add()([x, y]))


def build_model(width=16, blocks=3):
    """Returns a network of `6 * blocks + 2` layers; the paper's is 16 wide."""
    inputs = layers.Input((SIZE, SIZE, 3))
    x = layers.ReLU()(convolution(inputs, width))
    for stage in range(3):  # each half the size of the one before, and twice as wide
        for block in range(blocks):
            strides = 2 if stage > 0 and block == 0 else 1
            x = residual_block(x, width * 2**stage, strides)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name=f"resnet{6 * blocks + 2}")


def main(epochs=10, width=16, num_images=3000):
    """Trains, and returns the accuracy on images that were not trained on."""
    x_train, y_train = draw_images(num_images, seed=0)
    x_test, y_test = draw_images(500, seed=1)

    keras.utils.set_random_seed(0)
    model = build_model(width)
    model.summary()
    steps = epochs * -(-num_images // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(  # up for a tenth, then down to 0
        0.0, steps - steps // 10, warmup_target=0.1, warmup_steps=steps // 10
    )
    optimizer = keras.optimizers.SGD(rate, 0.9, nesterov=True, weight_decay=5e-4)
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\nNamed the shape on {accuracy:.1%} of {len(x_test)} unseen images.")
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Trains a residual network.")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--width", type=int, default=16, help="filters at first")
    parser.add_argument("--num-images", type=int, default=3000)
    main(**vars(parser.parse_args()))
