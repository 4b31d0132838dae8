"""Write the training loop yourself, with `GradientTape`.

`fit` is four lines in a loop: watch a forward pass, take the gradients, let the
optimizer step, update the metrics. Here they are, for when a loop has to do something
that `fit` does not: this one clips by the global norm and tells how often it had to.

The data are 569 tumours from scikit-learn, 30 measurements of each: is it benign?

Run it:  python examples/custom_training_loop.py
"""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import kerasish as keras
from kerasish import layers, ops

BATCH_SIZE = 32
LARGEST_NORM = 0.25


def clip_by_global_norm(gradients, largest):
    """Scales all gradients alike, to a common length of at most `largest`."""
    norm = ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in gradients))
    scale = ops.minimum(1.0, largest / norm)
    return [gradient * scale for gradient in gradients], norm


def main(epochs=10):
    """Trains, and returns the accuracy on unseen tumours."""
    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        x, y[:, np.newaxis], stratify=y, random_state=0
    )
    scaler = StandardScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        layers.Input((x.shape[1],)),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),  # logits: the loss below takes the sigmoid into its formula
    ])  # fmt: skip
    compute_loss = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.01)
    mean_loss = keras.metrics.Mean()
    accuracy = keras.metrics.BinaryAccuracy()

    order = np.random.default_rng(0)
    for epoch in range(1, epochs + 1):
        mean_loss.reset_state()
        clipped = 0
        for rows in np.array_split(
            order.permutation(len(x_train)), len(x_train) // BATCH_SIZE
        ):
            with keras.GradientTape() as tape:
                loss = compute_loss(y_train[rows], model(x_train[rows], training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            gradients, norm = clip_by_global_norm(gradients, LARGEST_NORM)
            optimizer.apply_gradients(
                zip(gradients, model.trainable_variables, strict=True)
            )
            mean_loss.update_state(loss)
            clipped += float(norm) > LARGEST_NORM

        accuracy.reset_state()
        accuracy.update_state(y_test, ops.sigmoid(model(x_test)))
        print(
            f"Epoch {epoch:2d}: loss {float(mean_loss.result()):.4f}, "
            f"unseen accuracy {float(accuracy.result()):.1%}, clipped {clipped} times"
        )
    return float(accuracy.result())


if __name__ == "__main__":
    main()
