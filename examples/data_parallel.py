"""Train on several devices at once, one process for each.

Nothing but the first lines of `main` knows that there are several: every process has
the whole model, takes its rows of each batch and gets the gradients of all of them. So
the same script runs alone, on four cores, or on eight GPUs (`KERASISH_BACKEND=cupy`),
and comes to the same weights, but for rounding.

The data are 1,797 handwritten digits of 8 x 8 pixels from scikit-learn.

Run it:  python examples/data_parallel.py
         mpiexec -n 4 python examples/data_parallel.py
"""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import kerasish as keras
from kerasish import layers


def main(epochs=20):
    """Trains, and returns the accuracy on unseen digits."""
    distribution = keras.distribution.DataParallel()
    keras.distribution.set_distribution(distribution)

    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x / 16, y, random_state=0)
    model = keras.Sequential([
        layers.Input((64,)),
        layers.Dense(64, activation="relu"),
        layers.BatchNormalization(synchronized=True),  # over the rows of all processes
        layers.Dropout(0.2),
        layers.Dense(10),
    ])  # fmt: skip
    model.compile(
        optimizer=keras.optimizers.Adam(0.003),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    # 64 rows in all processes together; only the first one prints.
    model.fit(x_train, y_train, batch_size=64, epochs=epochs, verbose=2)
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)

    if distribution.data_shard_id == 0:
        processes = distribution.num_processes
        print(f"{accuracy:.1%} of unseen digits, trained by {processes} process(es)")
    keras.distribution.set_distribution(None)
    return accuracy


if __name__ == "__main__":
    main()
