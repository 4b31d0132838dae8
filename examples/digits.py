"""Read handwritten digits: a model in under ten lines, fitted and evaluated.

The data, 1,797 images of 8 x 8 pixels, come with scikit-learn. A quarter of them is
held out, and the model reads about 98 % of those correctly.

Run it:  python examples/digits.py
"""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import kerasish as keras


def main(epochs=50):
    """Trains, evaluates, and returns the accuracy on the held-out quarter."""
    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        x / 16.0, y, test_size=0.25, stratify=y, random_state=0
    )

    keras.utils.set_random_seed(0)  # the same weights, so the same result, every time
    model = keras.Sequential([
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=epochs, batch_size=32)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\nRead {accuracy:.1%} of {len(x_test)} unseen digits correctly.")
    return accuracy


if __name__ == "__main__":
    main()
