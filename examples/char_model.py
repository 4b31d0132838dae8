"""Learn to write, character by character, from Python's own manual.

The text is what `help()` shows, 460,000 characters that come with every Python. A
recurrent network reads it and guesses each next character; fed with its own guesses,
it writes.

Run it:  python examples/char_model.py
"""

import argparse
from pydoc_data.topics import topics

import numpy as np

import kerasish as keras
from kerasish import layers

LENGTH = 100  # characters in a piece of text
BATCH_SIZE = 32


def load_text():
    """Returns the manual without its tables; of paragraphs that come twice, one."""
    lines = "\n\n".join(topics.values()).split("\n")
    text = "\n".join(line for line in lines if line.lstrip()[:1] not in ("|", "+"))
    return "\n\n".join(dict.fromkeys(text.split("\n\n")))


def cut(ids):
    """Returns pieces of text, and the same one character later, which is to guess."""
    count = (len(ids) - 1) // LENGTH
    x, y = ids[: count * LENGTH], ids[1 : count * LENGTH + 1]
    return x.reshape(count, LENGTH), y.reshape(count, LENGTH)


def build_models(num_chars, units):
    """Returns a model to train, and one that goes on from a state; layers are shared.

    For the first a state begins with zeros, and each character of a piece has its
    guess. The second takes the state along, so that it may read one character at a
    time and need not begin anew.
    """
    embed = layers.Embedding(num_chars, 32)
    gru = layers.GRU(units, return_sequences=True, return_state=True)
    scores = layers.Dense(num_chars)

    chars = layers.Input((None,), dtype="int32")
    sequence, _ = gru(embed(chars))
    model = keras.Model(chars, scores(sequence))

    state = layers.Input((units,))
    sequence, last = gru(embed(chars), initial_state=state)
    return model, keras.Model([chars, state], [scores(sequence), last])


def write(step, alphabet, start, count, temperature=0.5):
    """Returns `start` and `count` characters that the model goes on with.

    A character is drawn by its probability. The lower the temperature, the more often
    it is the likeliest; at 0 it would always be.
    """
    rng = np.random.default_rng(0)
    state = np.zeros(step.inputs[1].shape[1:], "float32")[np.newaxis]
    text, new = start, start
    for _ in range(count):
        ids = np.array([[alphabet.index(char) for char in new]], "int32")
        scores, state = step.predict_on_batch([ids, state])
        noise = rng.gumbel(size=len(alphabet))  # the largest sum is such a draw
        new = alphabet[np.argmax(scores[0, -1] / temperature + noise)]
        text += new
    return text


def main(epochs=8, units=256, num_chars=None):
    """Trains and writes; returns the share of characters guessed in unseen text."""
    text = load_text()[:num_chars]
    alphabet = sorted(set(text))
    ids = np.searchsorted(alphabet, list(text)).astype("int32")
    held_out = len(ids) // 10
    x, y = cut(ids[:-held_out])

    keras.utils.set_random_seed(0)
    model, step = build_models(len(alphabet), units)
    model.summary()
    model.compile(
        optimizer=keras.optimizers.Adam(0.004, clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, batch_size=BATCH_SIZE, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(*cut(ids[-held_out:]), verbose=0)
    print(
        f"\nGuessed {accuracy:.1%} of the characters of unseen text: "
        f"{loss / np.log(2):.2f} bits each, of {np.log2(len(alphabet)):.2f} without "
        "a model. It writes:\n"
    )
    print(write(step, alphabet, "The ", 400))
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Trains a model of characters.")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--units", type=int, default=256, help="size of the state")
    parser.add_argument("--num-chars", type=int, help="read only so much")
    main(**vars(parser.parse_args()))
