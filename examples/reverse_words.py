"""Learn to spell words backwards: a sequence in, another sequence out.

An encoder reads a word and hands over its state; a decoder begins with that state and
writes the word backwards, one letter at a time (Sutskever et al., 2014,
https://arxiv.org/abs/1409.3215). The state has to hold all of the word. With attention
the decoder looks back at each letter instead (Luong et al., 2015,
https://arxiv.org/abs/1508.04025), which is learnt faster and better.

Run it:  python examples/reverse_words.py
         python examples/reverse_words.py --attention
"""

import argparse
import re
from pydoc_data.topics import topics

import numpy as np
from sklearn.model_selection import train_test_split

import kerasish as keras
from kerasish import layers

LETTERS = "abcdefghijklmnopqrstuvwxyz"
START = len(LETTERS) + 1  # 0 is padding, 1 to 26 are letters
NUM_CODES = START + 1
LONGEST = 10
BATCH_SIZE = 32


def load_words():
    """Returns the words of three to ten letters in Python's own manual."""
    words = set(re.findall("[a-z]+", " ".join(topics.values()).lower()))
    return sorted(word for word in words if 3 <= len(word) <= LONGEST)


def encode(words):
    """Returns a row of numbers for each word, filled up with zeros."""
    rows = [[LETTERS.index(letter) + 1 for letter in word] for word in words]
    return keras.utils.pad_sequences(rows, LONGEST, padding="post")


def decode(rows):
    """Returns the words that rows of numbers stand for."""
    return ["".join(LETTERS[code - 1] for code in row if code) for row in rows]


def shifted(targets):
    """Returns what the decoder is given: a start, and all but the last letter.

    So it is told the right letters so far, whatever it would have written itself.
    """
    start = np.full((len(targets), 1), START, targets.dtype)
    return np.concatenate([start, targets[:, :-1]], axis=1)


def build_model(units, attention):
    """Returns a model of words and letters so far, which scores each next letter."""
    words = layers.Input((LONGEST,), dtype="int32", name="words")
    x = layers.Embedding(NUM_CODES, 32, mask_zero=True)(words)
    encoder = layers.LSTM(units, return_sequences=True, return_state=True)
    read, *state = encoder(x)

    so_far = layers.Input((LONGEST,), dtype="int32", name="so_far")
    y = layers.Embedding(NUM_CODES, 32)(so_far)
    y = layers.LSTM(units, return_sequences=True)(y, initial_state=state)
    if attention:  # how much of each letter read goes to each one written
        found = layers.Attention()([y, read])
        y = layers.Concatenate()([y, found])
    return keras.Model([words, so_far], layers.Dense(START)(y))


def write(model, words):
    """Returns what the model writes, each letter given those it wrote before."""
    written = np.zeros_like(words)
    for position in range(LONGEST):
        scores = model.predict([words, shifted(written)], batch_size=512, verbose=0)
        written[:, position] = scores[:, position].argmax(axis=-1)
    return written


def main(epochs=20, units=128, attention=False, num_words=None):
    """Trains, and returns the share of unseen words spelt backwards correctly."""
    words = encode(load_words()[:num_words])
    targets = encode([word[::-1] for word in decode(words)])
    x_train, x_test, y_train, y_test = train_test_split(
        words, targets, test_size=0.1, random_state=0
    )

    keras.utils.set_random_seed(0)
    model = build_model(units, attention)
    model.summary()
    steps = epochs * -(-len(x_train) // BATCH_SIZE)
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(0.004, steps)
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(
        [x_train, shifted(y_train)],
        y_train,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        verbose=2,
    )

    written = write(model, x_test)
    right = (written == y_test).all(axis=1)
    print()
    for word, text in zip(decode(x_test[:8]), decode(written), strict=False):
        print(f"{word:>10} -> {text:10} {'' if text == word[::-1] else 'wrong'}")
    print(f"Spelt {right.mean():.1%} of {len(x_test)} unseen words backwards.")
    return right.mean()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Learns to spell words backwards.")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--units", type=int, default=128, help="size of the state")
    parser.add_argument("--attention", action="store_true", help="look back at letters")
    parser.add_argument("--num-words", type=int, help="how many, by default all")
    main(**vars(parser.parse_args()))
