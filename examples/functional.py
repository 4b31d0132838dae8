"""Several inputs and outputs, and a shared layer, with the functional API.

A digit is cut into its upper and its lower half. One layer looks at both halves (it is
shared: the same weights, called twice), and two outputs tell which digit it was and
whether it is even. The 1,797 images come with scikit-learn.

    upper ──┐                         ┌── digit (10 classes)
            ├─ half ─ concatenate ─ dense
    lower ──┘                         └── even  (yes or no)

Run it:  python examples/functional.py
"""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import kerasish as keras
from kerasish import layers


def build_model():
    """Returns the model; inputs and outputs go by the names of their layers."""
    upper = layers.Input((32,), name="upper")
    lower = layers.Input((32,), name="lower")
    half = layers.Dense(64, activation="relu", name="half")
    both = layers.Concatenate()([half(upper), half(lower)])
    both = layers.Dense(64, activation="relu")(both)
    digit = layers.Dense(10, activation="softmax", name="digit")(both)
    even = layers.Dense(1, activation="sigmoid", name="even")(both)
    return keras.Model(
        inputs={"upper": upper, "lower": lower},
        outputs={"digit": digit, "even": even},
    )


def as_dicts(x, y):
    """Returns images and labels as the model takes them."""
    return (
        {"upper": x[:, :32], "lower": x[:, 32:]},
        {"digit": y, "even": (y % 2 == 0).astype("float32")},
    )


def main(epochs=20):
    """Trains, evaluates, and returns the accuracy of both outputs on unseen digits."""
    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        x / 16.0, y, stratify=y, random_state=0
    )

    keras.utils.set_random_seed(0)
    model = build_model()
    model.summary()
    model.compile(
        optimizer="adam",
        loss={
            "digit": "sparse_categorical_crossentropy",
            "even": "binary_crossentropy",
        },
        loss_weights={"digit": 1.0, "even": 0.5},
        metrics={"digit": ["accuracy"], "even": ["accuracy"]},
    )
    model.fit(*as_dicts(x_train, y_train), epochs=epochs, verbose=2)

    results = model.evaluate(*as_dicts(x_test, y_test), verbose=0, return_dict=True)
    print(
        f"\nOf {len(x_test)} unseen digits, {results['digit_accuracy']:.1%} are read "
        f"correctly and {results['even_accuracy']:.1%} are rightly even or odd."
    )
    return results["digit_accuracy"], results["even_accuracy"]


if __name__ == "__main__":
    main()
