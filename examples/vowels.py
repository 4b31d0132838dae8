"""Tell speakers apart by how they say a vowel: series of unequal lengths.

Nine men said "ae", again and again. Each time became a series of 7 to 29 steps, with 12
numbers a step that describe the sound. Shorter ones are filled up, and a mask keeps the
filling out of the result.

Run it:  pip install --no-deps aeon     (the package that carries the data)
         python examples/vowels.py

Reference: Kudo, Toyama and Shimbo, 1999, "Multidimensional curve classification using
passing-through regions", Pattern Recognition Letters 20.
"""

import argparse
from importlib import metadata

import numpy as np

import kerasish as keras
from kerasish import layers

FILLING = -10.0  # no number of the data is that low
BATCH_SIZE = 32


def load_data(part):
    """Returns a list of series `(steps, 12)`, and who speaks in each, from 0 to 8."""
    try:
        # Found by its files: to import the package would need all that it depends on.
        package = metadata.distribution("aeon")
    except metadata.PackageNotFoundError:
        raise SystemExit(
            "The series come with aeon: pip install --no-deps aeon"
        ) from None
    name = f"aeon/datasets/data/JapaneseVowels/JapaneseVowels_{part}.ts"
    lines = package.locate_file(name).read_text(encoding="utf-8").splitlines()
    series, speakers = [], []
    for line in lines[lines.index("@data") + 1 :]:
        *rows, speaker = line.split(":")  # a row for each of the 12 numbers
        series.append(np.array([row.split(",") for row in rows], "float32").T)
        speakers.append(int(speaker) - 1)
    return series, np.array(speakers)


def build_model(units):
    """Returns the network: an LSTM that reads forwards and one that reads backwards."""
    return keras.Sequential([
        layers.Input((None, 12)),
        layers.Masking(FILLING),
        layers.GaussianNoise(0.1),  # 270 series are few: no two passes are the same
        layers.Bidirectional(layers.LSTM(units)),
        layers.Dropout(0.3),
        layers.Dense(9, activation="softmax"),
    ])  # fmt: skip


def main(epochs=60, units=64):
    """Trains, and returns the share of unseen series whose speaker was named."""
    series, y_train = load_data("TRAIN")
    x_train = keras.utils.pad_sequences(
        series, dtype="float32", padding="post", value=FILLING
    )
    series, y_test = load_data("TEST")
    x_test = keras.utils.pad_sequences(
        series, dtype="float32", padding="post", value=FILLING
    )
    lengths = [len(one) for one in series]
    print(f"{len(x_train)} series to learn from, {len(x_test)} to test with,", end=" ")
    print(f"of {min(lengths)} to {max(lengths)} steps")

    keras.utils.set_random_seed(0)
    model = build_model(units)
    model.summary()
    steps = epochs * -(-len(x_train) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(0.005, steps)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\nNamed the speaker of {accuracy:.1%} of {len(x_test)} unseen series.")
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Tells speakers apart by a vowel.")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--units", type=int, default=64, help="size of each state")
    main(**vars(parser.parse_args()))
