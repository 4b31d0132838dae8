"""Search for a good network for handwritten digits, then use the best one found.

Takes about twenty seconds; `--fast` tries little and is what the tests run.
"""

import sys
import tempfile

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import kerasish as keras
from kerasish.tuner import RandomSearch

fast = "--fast" in sys.argv[1:]

# 1797 images of 8 x 8 pixels, each from 0 to 16.
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x / 16.0, y, test_size=0.25, random_state=0, stratify=y
)


def build(hp):
    """Builds a network; what `hp` is asked for is what the search may choose."""
    model = keras.Sequential()
    activation = hp.Choice("activation", ["relu", "tanh"])
    for i in range(hp.Int("hidden_layers", 1, 2)):
        units = hp.Int(f"units_{i}", 32, 128, step=32)
        model.add(keras.layers.Dense(units, activation=activation))
    if hp.Boolean("dropout"):
        model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Dense(10, activation="softmax"))
    learning_rate = hp.Float("learning_rate", 1e-3, 3e-2, sampling="log")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


with tempfile.TemporaryDirectory() as folder:
    # In a folder of your own a search that was interrupted goes on where it ended.
    tuner = RandomSearch(
        build,
        objective="val_accuracy",
        max_trials=2 if fast else 8,
        seed=1,
        directory=folder,
        project_name="digits",
    )
    tuner.search_space_summary()

    # All of these arguments go to `model.fit`.
    tuner.search(
        x_train,
        y_train,
        epochs=2 if fast else 15,
        batch_size=64,
        validation_split=0.2,
        callbacks=[keras.callbacks.EarlyStopping("val_accuracy", patience=4)],
        verbose=0 if fast else 2,
    )
    tuner.results_summary(num_trials=3)

    # The model with the weights of its best epoch ...
    model = tuner.get_best_models()[0]
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\nAccuracy of the best model on held-out images: {accuracy:.3f}")

    # ... or a new one, trained on all images that are not held out.
    model = build(tuner.get_best_hyperparameters()[0])
    model.fit(x_train, y_train, epochs=2 if fast else 20, batch_size=64, verbose=0)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"Accuracy after training on all others: {accuracy:.3f}")
